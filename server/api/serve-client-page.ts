/**
 * GET {base}/ui: the published client opens this page in a hidden frame, and posts the user's state to it. There is nothing to see and
 * no script to hear it; it is here so that no page of a customer logs a 404. Any origin may frame it, since nothing on it can be pressed.
 */
export function serveClientPage(): Response {
  return new Response(PAGE, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'",
      "Referrer-Policy": "no-referrer",
    },
  });
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Patchbay</title>
<p>@useparagon/connect opens this page out of sight. It is empty on purpose: your app draws its own.</p>
</html>
`;

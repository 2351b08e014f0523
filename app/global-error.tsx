"use client";

import "./globals.css";

/**
 * Stands in for the root layout when that itself fails. Plain elements: this comes with every page, and must work when nothing else
 * does.
 */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Patchbay stopped working</title>
        <main id="main" className="mx-auto max-w-[560px] px-4 py-16">
          <h1 className="text-20 font-semibold">Patchbay stopped working</h1>
          <p className="mt-1 text-2">
            Nothing you saved is lost. If it stays like this, the server’s log has the cause under the request id.
          </p>
          {error.digest && (
            <p className="mt-1.5 text-3">
              Request id <code>{error.digest}</code>
            </p>
          )}
          <button type="button" className="ui-button mt-3" data-variant="default" data-size="small" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}

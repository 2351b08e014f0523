/**
 * Whether one of our own pages sent this request. Next lets a server action without an Origin header through; we take it only
 * when the browser itself says same-origin (Fetch Metadata). With neither header: no.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  if (origin === null) return site === "same-origin";
  if (origin === new URL(publicUrl).origin) return true;
  // A trial opened by another of its names (127.0.0.1 for localhost): what the browser asked is what it came from.
  return URL.canParse(origin) && new URL(origin).host === headers.get("host");
}

/** What every answer of the machine doors carries, a refusal before any route included. Ours wins over what an API said of the same. */
export function markAnswer({ headers }: Response, requestId: string): void {
  // No cookies, so `*` may be said: an API's own headers (Link, rate limits) are for the caller to read.
  headers.set("Access-Control-Allow-Origin", "*");
  headers.set("Access-Control-Expose-Headers", "*");
  headers.set("X-Request-Id", requestId);
  headers.set("Cache-Control", "no-store");
  headers.set("X-Content-Type-Options", "nosniff");
  // Answers hold what others wrote, below the dashboard's own address too: opened as a page they run nothing.
  if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", DATA_ONLY);
}

const DATA_ONLY = "default-src 'none'; frame-ancestors 'none'; sandbox";

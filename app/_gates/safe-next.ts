/** A path of our own to go to after sign-in, or null: `//evil.example` and `/\evil.example` are other sites to a browser. */
export function safeNext(path: string | null | undefined): string | null {
  if (!path?.startsWith("/") || /^\/[/\\]/.test(path) || /[\p{Cc}\\]/u.test(path)) return null;
  try {
    const url = new URL(path, "http://patchbay.invalid");
    return url.host === "patchbay.invalid" ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

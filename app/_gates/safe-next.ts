/** A path of our own to go to after sign-in, or null: `//evil.example` and `/\evil.example` are other sites to a browser. */
export function safeNext(path: string | null | undefined): string | null {
  if (!path?.startsWith("/") || /[\p{Cc}\\]/u.test(path)) return null;
  const url = URL.parse(path, "http://patchbay.invalid");
  // Asked again once it is normal: `/..//evil.example` becomes `//evil.example`.
  return url?.host === "patchbay.invalid" && !url.pathname.startsWith("//") ? url.pathname + url.search : null;
}

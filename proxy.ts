import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { isSecure } from "#app/_gates/is-secure.ts";
import { LAST_PROJECT_COOKIE } from "#app/_gates/last-project.ts";
import { signInPath } from "#lib/paths.ts";

/**
 * Redirects those without a session cookie and sets the headers that keep a page to itself. It decides nothing: every page,
 * action and route asks for itself who is there (app/_gates).
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const path = pathname + search;
  // Actions are POSTs, and answer in their own words that the session has ended.
  const isPage = request.method === "GET" || request.method === "HEAD";
  if (isPage && NEEDS_SESSION.test(pathname) && !request.cookies.getAll().some(({ name }) => name.endsWith("patchbay.session"))) {
    const url = request.nextUrl.clone();
    url.pathname = signInPath();
    url.search = `?next=${encodeURIComponent(path)}`;
    return NextResponse.redirect(url);
  }

  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-patchbay-path", path);
  // Next takes the nonce for its own scripts from here.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "same-origin");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
  if (isSecure()) response.headers.set("Strict-Transport-Security", "max-age=63072000; includeSubDomains");

  const projectId = PROJECT.exec(pathname)?.[1];
  if (projectId && request.cookies.get(LAST_PROJECT_COOKIE)?.value !== projectId)
    response.cookies.set(LAST_PROJECT_COOKIE, projectId, { httpOnly: true, sameSite: "lax", secure: isSecure(), maxAge: 31_536_000 });
  return response;
}

/** Pages and next-auth. The machine API sets its own headers, and pays for nothing here. */
export const config = { matcher: ["/((?!api/|_next/|healthz|readyz|icon.svg).*)", "/api/auth/:path*"] };

const NEEDS_SESSION = /^\/(projects|account)(\/|$)/;
const PROJECT = /^\/projects\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\/|$)/;

/** Scripts run by nonce only. Styles may stand inline: components set positions and sizes that way. */
function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? " ws: wss:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

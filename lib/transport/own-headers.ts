import packageJson from "../../package.json" with { type: "json" };
import type { HttpRequest } from "./schema.ts";

/** What HTTP/1.1 itself writes: of the connection, not of the request (RFC 9110, section 7.6.1). */
const OWNED_HEADERS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "proxy-connection",
  "proxy-authorization",
  "accept-encoding",
]);

const USER_AGENT = `Patchbay/${packageJson.version}`;

/** By these a browser says what a page of its does. Nothing here is one, so whoever trusts them is right to. */
const OF_BROWSERS = /^sec-/i;

/** Headers as they go out: without those of the connection and of browsers, and with ours. */
export function ownHeaders(headers: HttpRequest["headers"], acceptEncoding: string): [string, string][] {
  const own = headers.filter(([name]) => !OWNED_HEADERS.has(name.toLowerCase()) && !OF_BROWSERS.test(name));
  if (readHeader(own, "user-agent") === undefined) own.push(["user-agent", USER_AGENT]);
  own.push(["accept-encoding", acceptEncoding]);
  return own;
}

/** The first value of a header; `name` in lower case. */
export function readHeader(headers: readonly [string, string][], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.length === name.length && candidate.toLowerCase() === name)?.[1];
}

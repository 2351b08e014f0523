import { TemplateError } from "./template-error.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Appends a path and query to a base URL and promises that the result is at the base's origin and under its path. The
 * path arrives as a caller wrote it, percent-encoding and all, and what could lead elsewhere is refused, not repaired:
 * a second reading of it, by the API's own server, would repair it differently. Throws `TemplateError`.
 */
export function joinUnder(baseUrl: string, pathAndQuery: string): string {
  const base = parseBase(baseUrl);
  // Written out, since the URL parser drops spaces at the end: "/.. " would become "/..".
  const [path, query] = splitOnce(pathAndQuery.replaceAll(" ", "%20"), "?");
  assertRelative(path);
  assertNoDotSegments(path);
  if (CONTROL.test(pathAndQuery)) refuse("holds a tab, line break or control character");
  if (pathAndQuery.includes("#")) refuse("holds a #, and what follows it is never sent");

  const basePath = base.pathname.replace(/\/+$/, "");
  const joinedPath = path === "" ? base.pathname : `${basePath}/${path.replace(/^\//, "")}`;
  const search = [base.search.slice(1), query].filter(Boolean).join("&");
  const url = parse(`${base.origin}${joinedPath}${search && "?"}${search}`);

  const isUnder = url.pathname === base.pathname || url.pathname.startsWith(`${basePath}/`);
  if (url.origin !== base.origin || url.username || url.password || !isUnder) refuse("leads away from the API Base URL");
  return url.href;
}

/** Refuses `.` and `..`, in each spelling that some server reads as one: `%2e`, `..%2f`, `..%5c`, `..;`, `..%20`. */
export function assertNoDotSegments(path: string): void {
  const readings = path
    .replace(/%2e/gi, ".")
    .replaceAll("%20", " ")
    .split(/[/\\]|%2f|%5c/i);
  if (readings.some((segment) => /^\.{1,2} *(;.*)?$/.test(segment))) refuse('has the segment "." or "..", which leads to another place');
}

function assertRelative(path: string): void {
  if (path.includes("\\")) refuse("holds a backslash");
  if (path.startsWith("//")) refuse("starts with //, which names another host");
  if (path.startsWith("@")) refuse("starts with @, which names another host");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) refuse("is a whole URL");
}

function refuse(what: string): never {
  throw new TemplateError("bad_path", `The path ${what}. Write a path below the API Base URL, such as /tasks/42.`);
}

function parseBase(baseUrl: string): URL {
  const base = parse(baseUrl);
  if (!/^https?:$/.test(base.protocol) || base.username || base.password) {
    throw new TemplateError("bad_url", "The API Base URL must start with https:// and hold no user name or password.");
  }
  return base;
}

function parse(url: string): URL {
  const parsed = URL.parse(url);
  if (!parsed) throw new TemplateError("bad_url", "The API Base URL and the path don't make a URL. Check the host name and the port.");
  return parsed;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

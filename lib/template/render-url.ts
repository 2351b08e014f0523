import type { HostRules } from "./check-host.ts";
import { CompileCache } from "./compile-cache.ts";
import { asText, evaluateExpression, readPath, whereOf } from "./evaluate-expression.ts";
import { assertNoDotSegments, joinUnder } from "./join-under.ts";
import { type ExpressionPart, referencesOf } from "./parse-template.ts";
import { type PathTemplate, parsePathTemplate, parseUrlTemplate, type UrlTemplate } from "./parse-url-template.ts";
import { type CompiledTemplate, renderParts } from "./render-template.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateScope } from "./variables.ts";

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const HOSTNAME = /^[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63})*\.?$/i;
const HOSTNAME_AND_PORT = /^[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63})*\.?(?::[1-9]\d{0,4})?$/i;

const urls = new CompileCache<UrlTemplate>(1_000);
const paths = new CompileCache<PathTemplate>(1_000);

/**
 * Renders an absolute URL. Its scheme, port, number of path segments and of query parameters are those of the template,
 * whatever the values. Where a call goes is judged again when it is sent (lib/transport). Throws `TemplateError`.
 */
export function renderUrl(template: string, scope: TemplateScope, rules: HostRules): string {
  const parts = urls.get(template, () => parseUrlTemplate(template));
  const host = renderHost(parts, scope, rules);
  const path = renderPath(parts.path, scope);
  const query = renderParts(parts.query, scope, "query");
  const url = URL.parse(`${parts.scheme}://${host}${path || "/"}${query && "?"}${query}`);
  if (!url || url.username || url.password) throw new TemplateError("bad_url", "This isn't a URL. Check the host name and the port.");

  const isWrittenOut = parts.host.every((part) => part.kind === "text");
  // The URL parser reads some names as numbers (2130706433 is 127.0.0.1); such a value isn't the host name it looks like.
  if (!isWrittenOut && url.host !== host.toLowerCase()) {
    throw new TemplateError("bad_host", "The host isn't a host name with these values. Check the Required Inputs in it.");
  }
  return url.href;
}

/**
 * Whether a user's value can make the host of this URL any host: one that the admin neither listed nor bound to be the first part of a name
 * under a domain written out. Numbers written out are no domain: they are a part of an address.
 */
export function userChoosesHost(template: string, rules: HostRules): boolean {
  const { host } = urls.get(template, () => parseUrlTemplate(template));
  const isUsers = (part: (typeof host)[number]) =>
    part.kind === "expression" && referencesOf(part).some(({ name, path }) => path[0] !== "secrets" && !rules.choices?.[name]);
  const last = host.findLastIndex(isUsers);
  if (last < 0) return false;
  const [, ...domain] = host
    .slice(last + 1)
    .map((part) => (part.kind === "text" ? part.text : "a"))
    .join("")
    .split(".");
  return domain.every((label) => /^\d*$/.test(label));
}

/** Renders a path, with a query if it has one, below a rendered base URL; promises what `joinUnder` promises. */
export function renderUnder(baseUrl: string, pathTemplate: string, scope: TemplateScope): string {
  const parts = paths.get(pathTemplate, () => parsePathTemplate(pathTemplate));
  const query = renderParts(parts.query, scope, "query");
  return joinUnder(baseUrl, `${renderPath(parts.path, scope)}${query && "?"}${query}`);
}

/**
 * Slashes in values are encoded, so segments are those of the template. A value that empties a segment is refused:
 * `DELETE /tasks/{{id}}` must never become `DELETE /tasks/`.
 */
function renderPath(parts: CompiledTemplate, scope: TemplateScope): string {
  const path = renderParts(parts, scope, "path");
  assertNoDotSegments(path);
  const outline = parts.map((part) => (part.kind === "text" ? part.text : "{")).join("");
  const segments = path.split("/");
  const emptied = outline.split("/").some((segment, index) => segment !== "" && segments[index] === "");
  if (emptied)
    throw new TemplateError("bad_path", "A value left a part of the path empty, which would name another thing. Supply the value.");
  return path;
}

function renderHost({ host, port, scheme }: UrlTemplate, scope: TemplateScope, rules: HostRules): string {
  const isWholeHost = host.length === 1 && rules.hostValues === "hostname";
  const ownPort = port === "" ? HOSTNAME_AND_PORT : HOSTNAME;
  const values = host.map((part) =>
    part.kind === "text" ? part.text : renderHostValue(part, scope, rules, isWholeHost ? ownPort : LABEL),
  );
  return `${values.join("")}${port}`.replace(scheme === "https" ? /:443$/ : /:80$/, "");
}

function renderHostValue(part: ExpressionPart, scope: TemplateScope, rules: HostRules, shape: RegExp): string {
  const where = whereOf(part);
  const references = referencesOf(part);
  const outsider = references.find(({ path: [source] }) => source !== "inputs" && source !== "secrets");
  if (rules.hostValues === "none") throw new TemplateError("bad_host", "The host must be written out: a value can't choose it.", where);
  if (outsider)
    throw new TemplateError("bad_host", `${outsider.name} can't be part of the host: only Required Inputs and secrets can.`, where);

  const value = asText(evaluateExpression(part, scope), part);
  // An admin's own word: a whole name, but a name. Where a user's value comes along, the rule below holds for both.
  if (references.length > 0 && references.every(({ path }) => path[0] === "secrets")) {
    if (!HOSTNAME_AND_PORT.test(value)) throw new TemplateError("bad_host", `${part.variable} ${SHAPES.get(HOSTNAME)}.`, where);
    return value;
  }
  if (!references.every(({ name }) => rules.choices?.[name])) {
    if (!shape.test(value)) throw new TemplateError("bad_host", `${part.variable} ${SHAPES.get(shape)}.`, where);
    return value;
  }
  for (const { name, path } of references) {
    const chosen = readPath(scope, path) ?? "";
    const isListed = chosen === "" || rules.choices?.[name]?.includes(String(chosen));
    if (!isListed) throw new TemplateError("bad_host", `${name} must be one of its choices, since it is part of the host.`, where);
  }
  if (!HOSTNAME.test(value)) throw new TemplateError("bad_host", `${part.variable} ${SHAPES.get(HOSTNAME)}.`, where);
  return value;
}

const SHAPES = new Map([
  [LABEL, "must be one part of a host name: letters, digits and hyphens, no dots"],
  [HOSTNAME, "must be a host name, such as api.example.com"],
  [HOSTNAME_AND_PORT, "must be a host name, such as api.example.com or api.example.com:8443"],
]);

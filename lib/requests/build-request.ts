/**
 * Turns a definition and one call into the bytes that will be sent. Pure: the wizard's live preview shows exactly this, with
 * stand-ins for the secrets.
 */
import { hostRuleOf } from "#lib/resources/host-rule.ts";
import { defaultAuthenticationKind } from "#lib/resources/read-definition.ts";
import type { CallTemplate, MultipartBody, ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { joinUnder } from "#lib/template/join-under.ts";
import { renderForm, renderJson, renderTemplate } from "#lib/template/render-template.ts";
import { renderUnder, renderUrl, userChoosesHost } from "#lib/template/render-url.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import type { HttpRequest } from "#lib/transport/schema.ts";

type Pair = { name: string; value: string };

/** A definition, or a draft that is still being typed. */
export type BuildableResource = ResourceDefinition | ResourceDraft;

/** A call as somebody else's program has written it: nothing in it is a template. */
export type GivenRequest = {
  method: string;
  /** Path and query below the base URL, percent-encoding and all. */
  target: string;
  /** Only those that may go out (lib/requests/given-headers). */
  headers: [name: string, value: string][];
};

/**
 * Throws TemplateError when a value is missing or can't land where it stands. Header order: defaults, the resource's, the call's,
 * then authentication, a later one replacing an earlier one of the same name.
 */
export function buildRequest(resource: BuildableResource, call: CallTemplate, scope: TemplateScope): HttpRequest {
  const authentication = renderAuthentication(resource, scope);
  const base = renderBase(resource, scope);
  const url = appendQuery(renderUnder(base.url, call.path, scope), [...renderPairs(call.query, scope), ...authentication.query]);
  const { body, contentType } = renderBody(call.body, scope);
  const headers = mergeHeaders([
    [["Accept", "application/json"]],
    contentType ? [["Content-Type", contentType]] : [],
    renderHeaders(resource.request.headers, scope),
    renderHeaders(call.headers, scope),
    authentication.headers,
  ]);
  return { method: call.method, url, headers, ...base.host, ...(body === undefined ? {} : { body }) };
}

/** As buildRequest, for a call that arrives written out: all but its body. What authenticates replaces what the caller sent by that name. */
export function buildGivenRequest(resource: BuildableResource, call: GivenRequest, scope: TemplateScope): Omit<HttpRequest, "body"> {
  const authentication = renderAuthentication(resource, scope);
  const target = withoutParameters(call.target, new Set(authentication.query.map(([name]) => name)));
  const base = renderBase(resource, scope);
  const url = appendQuery(joinUnder(base.url, target), authentication.query);
  const headers = mergeHeaders([
    [["Accept", "application/json"]],
    renderHeaders(resource.request.headers, scope),
    call.headers,
    authentication.headers,
  ]);
  return { method: call.method, url, headers, ...base.host };
}

function renderBase(resource: BuildableResource, scope: TemplateScope): { url: string; host: Pick<HttpRequest, "isUsersHost"> } {
  const template = resource.request.baseUrl.trim();
  const rule = hostRuleOf(resource, "request");
  return { url: renderUrl(template, scope, rule), host: userChoosesHost(template, rule) ? { isUsersHost: true } : {} };
}

function withoutParameters(target: string, names: Set<string>): string {
  const start = target.indexOf("?");
  if (start < 0 || names.size === 0) return target;
  const kept = target
    .slice(start + 1)
    .split("&")
    .filter((pair) => ![...new URLSearchParams(pair).keys()].some((name) => names.has(name)));
  return `${target.slice(0, start)}?${kept.join("&")}`;
}

function renderAuthentication(
  resource: BuildableResource,
  scope: TemplateScope,
): { headers: [string, string][]; query: [string, string][] } {
  const { authentication } = resource.request;
  switch (authentication.kind ?? defaultAuthenticationKind(resource)) {
    case "none":
      return { headers: [], query: [] };
    case "bearer":
      return { headers: [["Authorization", `Bearer ${renderTemplate(authentication.token, scope, "header")}`]], query: [] };
    case "basic": {
      // RFC 7617: UTF-8, and the first colon ends the user name.
      const username = renderTemplate(authentication.username, scope, "text");
      if (username.includes(":")) throw new TemplateError("bad_header", "A user name for Basic has no colon (RFC 7617). Check Username.");
      const password = renderTemplate(authentication.password, scope, "text");
      return { headers: [["Authorization", `Basic ${base64(`${username}:${password}`)}`]], query: [] };
    }
    case "query":
      return { headers: [], query: renderPairs(authentication.query, scope) };
    case "headers":
      return { headers: renderHeaders(authentication.headers, scope), query: [] };
  }
}

const base64 = (text: string): string => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));

const renderPairs = (pairs: Pair[], scope: TemplateScope): [string, string][] =>
  pairs.filter(({ name }) => name).map(({ name, value }) => [name, renderTemplate(value, scope, "text")]);

const renderHeaders = (pairs: Pair[], scope: TemplateScope): [string, string][] =>
  pairs.filter(({ name }) => name).map(({ name, value }) => [name, renderTemplate(value, scope, "header")]);

function appendQuery(url: string, pairs: [string, string][]): string {
  if (pairs.length === 0) return url;
  const query = new URLSearchParams(pairs).toString();
  return `${url}${url.includes("?") ? (/[?&]$/.test(url) ? "" : "&") : "?"}${query}`;
}

function renderBody(body: CallTemplate["body"], scope: TemplateScope): { body?: string; contentType?: string } {
  switch (body.kind) {
    case "none":
      return {};
    case "json":
      return { body: renderJson(body.text, scope), contentType: "application/json" };
    case "form":
      return { body: renderForm(body.fields, scope), contentType: "application/x-www-form-urlencoded" };
    case "multipart":
      return { body: renderParts(body, scope), contentType: `multipart/form-data; boundary=${body.boundary}` };
    case "raw":
      return { body: renderTemplate(body.text, scope, "text"), contentType: body.contentType || "text/plain" };
  }
}

/** RFC 7578. Each value is rendered by itself: no template begins in one part and ends in the next. */
function renderParts({ fields, boundary }: MultipartBody, scope: TemplateScope): string {
  const parts = renderPairs(fields, scope).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${quotePartName(name)}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}

/** As browsers do it (HTML, "multipart/form-data encoding algorithm"). */
const quotePartName = (name: string): string => name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** Later groups replace earlier headers of the same name; within one group a name may repeat. */
function mergeHeaders(groups: [string, string][][]): [string, string][] {
  return groups.reduce((merged, group) => {
    const names = new Set(group.map(([name]) => name.toLowerCase()));
    return [...merged.filter(([name]) => !names.has(name.toLowerCase())), ...group];
  }, []);
}

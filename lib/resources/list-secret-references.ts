/** Which project secrets a resource reads, and where each goes. Pure: by the templates alone. */
import { type ExpressionPart, listReferences, parseTemplate, referencesOf, type TemplateFormat } from "#lib/template/parse-template.ts";
import { boundHostOf } from "./host-template.ts";
import { listRequestFields, listTemplateFields, type TemplateField } from "./list-template-fields.ts";
import type { CallTemplate, ResourceDefinition, ResourceDraft } from "./schema.ts";

type Described = ResourceDraft | ResourceDefinition;
type Text = { text: string; format: TemplateFormat };

/** Names of the secrets in templates, each once. */
export const secretsIn = (texts: readonly Text[]): string[] => [
  ...new Set(
    texts.flatMap(({ text, format }) =>
      text.includes("secrets")
        ? listReferences(text, format).flatMap(({ path }) => (path[0] === "secrets" && path[1] ? [path[1]] : []))
        : [],
    ),
  ),
];

const fieldsOf = (resource: Described, place: "token" | "request"): TemplateField[] =>
  listTemplateFields(resource as ResourceDraft).filter((field) => (field.place === "token") === (place === "token"));

/** What a client id is made of goes wherever `credentials.client_id` does. */
function clientIdIn(resource: Described, texts: readonly Text[]): Text[] {
  if (resource.authType === "api_key" || !resource.oauth.clientId.includes("secrets")) return [];
  const isRead = texts.some(({ text, format }) => listReferences(text, format).some(({ name }) => name === "credentials.client_id"));
  return isRead ? [{ text: resource.oauth.clientId, format: "text" }] : [];
}

const withClientId = (resource: Described, texts: readonly Text[]): Text[] => [...texts, ...clientIdIn(resource, texts)];

/** Those that templates read, by whatever name: a step of a workflow, say, that calls the resource. */
export const secretsReadBy = (resource: Described, texts: readonly Text[]): string[] => secretsIn(withClientId(resource, texts));

/** All that the resource's token call, or its own requests, read. */
export const secretsOf = (resource: Described, place: "token" | "request"): string[] => secretsReadBy(resource, fieldsOf(resource, place));

/**
 * One call: the token call, or one of the definition's own requests with what every request carries (address, authentication, default
 * headers). `proxied`: that alone, since whoever writes another request isn't the admin who published the definition.
 */
export type SecretCall = CallTemplate | "token" | "proxied";

export function secretCallOf(definition: ResourceDefinition, request: CallTemplate): SecretCall {
  const isOwn = request === definition.test.request || (definition.level === "user" && request === definition.profile.request);
  return isOwn ? request : "proxied";
}

/** The templates of one call. */
function textsOfCall(definition: ResourceDefinition, call: SecretCall): Text[] {
  if (call === "token") return fieldsOf(definition, "token");
  const base = fieldsOf(definition, "request").filter(({ path }) => path.startsWith("request."));
  return withClientId(definition, call === "proxied" ? base : [...base, ...listRequestFields(call)]);
}

const read = new WeakMap<Described, WeakMap<object, string[]>>();
const [TOKEN, PROXIED] = [{}, {}];

/** Names of the secrets that one call reads. Found out once for each definition: a published one never changes. */
export function secretsOfCall(definition: ResourceDefinition, call: SecretCall): string[] {
  const known = read.get(definition) ?? new WeakMap<object, string[]>();
  read.set(definition, known);
  const key = call === "token" ? TOKEN : call === "proxied" ? PROXIED : call;
  const names = known.get(key) ?? secretsIn(textsOfCall(definition, call));
  known.set(key, names);
  return names;
}

/** Expressions of a call that make something else of a secret, such as its digest: whoever sees that could guess the secret. */
export const listSecretExpressions = (definition: ResourceDefinition, call: SecretCall): ExpressionPart[] =>
  textsOfCall(definition, call)
    .filter(({ text }) => text.includes("secrets"))
    .flatMap(({ text, format }) => parseTemplate(text, format))
    .filter((part) => part.kind === "expression")
    .filter((part) => part.filters.length > 0 && referencesOf(part).some(({ path }) => path[0] === "secrets"));

/** A secret and a host that it goes to, as written (`{{inputs.tenant}}.api.example`). */
export type SecretDestination = { name: string; host: string };

/** Where the resource sends its secrets. */
export function listSecretDestinations(resource: Described): SecretDestination[] {
  const inputs = resource.level === "app" ? [] : ((resource as ResourceDraft).inputs ?? []);
  const to = (place: "token" | "request", address: string) => {
    const host = (/^\s*http:\/\//i.test(address) ? "http://" : "") + boundHostOf(address, inputs);
    return secretsOf(resource, place).map((name) => ({ name, host }));
  };
  const all = [
    ...(resource.authType === "api_key" ? [] : to("token", resource.oauth.accessTokenUrl)),
    ...to("request", resource.request.baseUrl),
  ];
  return all.filter(({ name, host }, index) => all.findIndex((other) => other.name === name && other.host === host) === index);
}

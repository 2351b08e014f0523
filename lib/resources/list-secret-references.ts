/** Which project secrets a resource reads, and where each goes. Pure: by the templates alone. */
import { type ExpressionPart, listReferences, parseTemplate, referencesOf, type TemplateFormat } from "#lib/template/parse-template.ts";
import { isSecret } from "#lib/template/variables.ts";
import { boundHostOf } from "./host-template.ts";
import { listKnownVariables } from "./list-known-variables.ts";
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

/**
 * Where a secret goes: a host as written (`{{inputs.tenant}}.api.example`), and how, as the field and its text. On one host a header that
 * authenticates and a body that others may read are two places.
 */
export type SecretDestination = { name: string; host: string; field: string; text: string };

/** Where the resource sends its secrets. */
export function listSecretDestinations(resource: Described): SecretDestination[] {
  const inputs = resource.level === "app" ? [] : ((resource as ResourceDraft).inputs ?? []);
  const to = (place: "token" | "request", address: string) => {
    const host = (/^\s*http:\/\//i.test(address) ? "http://" : "") + boundHostOf(address, inputs);
    return fieldsOf(resource, place).flatMap((field) => {
      const texts = withClientId(resource, [field]);
      return secretsIn(texts).map((name) => ({ name, host, field: describePlace(field), text: texts.map(({ text }) => text).join("\n") }));
    });
  };
  return [
    ...(resource.authType === "api_key" ? [] : to("token", resource.oauth.accessTokenUrl)),
    ...to("request", resource.request.baseUrl),
  ];
}

/** What reads the credential's own secrets, wherever it stands in a definition. */
export type CredentialPlace = { field: string; text: string; path: string };

export function listCredentialPlaces(definition: ResourceDefinition): CredentialPlace[] {
  return listTemplateFields(definition as ResourceDraft)
    .filter((field) => readsCredential(definition, [field]))
    .map((field) => ({ field: describePlace(field), text: field.text, path: field.path }));
}

/** Whether templates read what is secret of a credential: tokens, keys, secret inputs. */
export function readsCredential(definition: ResourceDefinition, texts: readonly Text[]): boolean {
  const known = listKnownVariables(definition, "request", []);
  return texts.some(({ text, format }) =>
    listReferences(text, format).some(
      ({ name, path: [source] }) => (source === "credentials" || source === "inputs") && isSecret(name, known),
    ),
  );
}

const AREAS: Record<string, string> = {
  oauth: "of the token call",
  request: "of every request",
  test: "of the test request",
  profile: "of the profile request",
};

/** "X-Acme, a header of every request": the same for as long as the same thing lands at the same place. */
function describePlace({ path, label }: TemplateField): string {
  const kind = /\.headers\.\d/.test(path) ? ", a header" : /\.(query|parameters)\.\d/.test(path) ? ", a parameter" : "";
  return `${label}${kind} ${AREAS[path.split(".", 1)[0]!]}`;
}

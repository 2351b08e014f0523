/**
 * The live preview: the very builders that send, on values that may be seen. Loaded lazily, since it brings the template engine.
 * Secrets are stand-ins of the same length class, masked like any other secret; nothing typed as a secret comes here.
 */
import { redactorOf, redactRequest } from "#lib/activity/redact.ts";
import type { SeenRequest } from "#lib/activity/schema.ts";
import { buildTokenRequest } from "#lib/credentials/token-endpoint.ts";
import { buildRequest } from "#lib/requests/build-request.ts";
import { hostRuleOf } from "#lib/resources/host-rule.ts";
import { listTemplateFields } from "#lib/resources/list-template-fields.ts";
import { profileSourceOf } from "#lib/resources/profile-source.ts";
import type { RequestTemplate, ResourceDraft } from "#lib/resources/schema.ts";
import { listVariables } from "#lib/template/parse-template.ts";
import { renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import type { HttpRequest } from "#lib/transport/schema.ts";
import { unknownMark } from "./unknown-mark.ts";

export type PreviewValues = {
  /** Plain values by key. */
  plain: Record<string, string>;
  /** Last four of what is kept, by key; empty where nothing is, or nothing may be shown. */
  hints: Record<string, string>;
  /** The connected user whose request it would be; else a test user's. */
  person?: { id: string; metadata: Record<string, unknown>; profile: Record<string, unknown> | null };
  /** The project's secrets: none of their values comes here. */
  secretNames: readonly string[];
};

/** A request as it may be seen; `address` says which part isn't written yet. Or why none can be made. */
export type PreviewedRequest = { request: SeenRequest; address: "whole" | "missing" } | { problem: string };
export type Preview = { token: PreviewedRequest | null; call: PreviewedRequest; profile: PreviewedRequest | null };

const NOWHERE = "https://address-to-come.invalid";

/** `also`: what the call may read beside, such as `settings` of a subscription's requests. */
export function buildPreview(draft: ResourceDraft, values: PreviewValues, also: TemplateScope = {}): Preview {
  const secrets: string[] = [];
  const standIn = (key: string): string => {
    const secret = randomText(values.hints[key] ?? "");
    secrets.push(secret);
    return secret;
  };
  const isSecretInput = new Map(draft.inputs.map((input) => [input.key, input.secret]));
  const inputs = Object.fromEntries(
    [...isSecretInput].filter(([key]) => key !== "").map(([key, secret]) => [key, secret ? standIn(key) : (values.plain[key] ?? "")]),
  );
  const known = draft.level === "app" ? {} : inputs;
  const projectSecrets = Object.fromEntries(values.secretNames.map((name) => [name, standIn(`secrets.${name}`)]));
  const scope: TemplateScope = {
    ...also,
    inputs: { ...marksOf(draft, "inputs", known), ...known },
    secrets: { ...marksOf(draft, "secrets", projectSecrets), ...projectSecrets },
    credentials: credentialsOf(draft, { inputs: known, secrets: projectSecrets }, standIn, values),
    user: { id: values.person?.id ?? "test-user", metadata: values.person?.metadata ?? {} },
    profile: Object.fromEntries(
      ["id", ...draft.profile.fields.map(({ name }) => name)]
        .filter(Boolean)
        .map((name) => [name, values.person?.profile?.[name] ?? `profile.${name}`]),
    ),
  };

  const see = (address: string, make: () => HttpRequest): PreviewedRequest => {
    try {
      return { request: redactRequest(make(), redactorOf(secrets)), address: address.trim() ? "whole" : "missing" };
    } catch (error) {
      if (error instanceof TemplateError) return { problem: error.message };
      return { problem: "This can’t be sent as it is written." };
    }
  };
  const { baseUrl } = draft.request;
  const based = { ...draft, request: { ...draft.request, baseUrl: baseUrl.trim() ? baseUrl : NOWHERE } };
  const call = (request: RequestTemplate) => see(baseUrl, () => buildRequest(based, request, scope));

  return {
    token:
      draft.authType && draft.authType !== "api_key" ? see(draft.oauth.accessTokenUrl, () => buildTokenCall(draft, scope, standIn)) : null,
    call: call(draft.test.request),
    profile: profileSourceOf(draft) === "request" ? call(draft.profile.request) : null,
  };
}

function credentialsOf(
  draft: ResourceDraft,
  known: TemplateScope,
  standIn: (key: string) => string,
  { plain }: PreviewValues,
): Record<string, string> {
  if (draft.authType === "api_key")
    return Object.fromEntries(draft.apiKeys.map(({ name, secret }) => [name, secret ? standIn(name) : plain[name] || name]));
  return {
    access_token: standIn("access_token"),
    refresh_token: standIn("refresh_token"),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    client_id: renderOrKeep(draft.oauth.clientId, known),
  };
}

function renderOrKeep(template: string, known: TemplateScope): string {
  try {
    return renderTemplate(template, known, "text");
  } catch {
    return template;
  }
}

function buildTokenCall(draft: ResourceDraft, scope: TemplateScope, standIn: (key: string) => string): HttpRequest {
  const { oauth } = draft;
  const credentials = scope.credentials as Record<string, string>;
  const clientSecret = oauth.clientAuthentication === "none" ? undefined : standIn("client_secret");
  return buildTokenRequest({
    oauth: { ...oauth, accessTokenUrl: oauth.accessTokenUrl.trim() ? oauth.accessTokenUrl : NOWHERE },
    grant:
      draft.authType === "oauth2_refresh_token"
        ? { type: "refresh_token", refreshToken: credentials.refresh_token! }
        : { type: "client_credentials" },
    scope: { inputs: scope.inputs, secrets: scope.secrets, credentials: { ...credentials, client_secret: clientSecret } },
    clientSecret,
    hostRule: hostRuleOf(draft, "token"),
  });
}

/** Unknown inputs and secrets keep their place in the preview, marked. */
function marksOf(draft: ResourceDraft, source: "inputs" | "secrets", known: Record<string, string>): Record<string, string> {
  const names = listTemplateFields(draft).flatMap(({ text, format }) => listVariables(text, format));
  const keys = names.filter((name) => name.startsWith(`${source}.`)).map((name) => name.slice(source.length + 1));
  const unknown = keys.filter((key) => /^[A-Za-z0-9_-]+$/.test(key) && !(key in known));
  return Object.fromEntries(unknown.map((key) => [key, unknownMark(`${source}.${key}`)]));
}

const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Long ones end in the last four that are shown; short ones show nothing. */
function randomText(hint: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(hint ? 28 : 16));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("") + hint;
}

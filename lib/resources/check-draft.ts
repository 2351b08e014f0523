/**
 * What stands between a draft and a live resource. Pure: the wizard shows the problems beside their fields, publish refuses with
 * the same ones.
 */
import { SETUP_STEPS, type SetupStep } from "#lib/paths.ts";
import { checkHost } from "#lib/template/check-host.ts";
import { listReferences, parseTemplate } from "#lib/template/parse-template.ts";
import { findUnknownVariables } from "#lib/template/variables.ts";
import { isPattern } from "./fits-pattern.ts";
import { sharedSecretTravels } from "./host-rule.ts";
import { boundHostOf, hostTemplateOf, movedSecret } from "./host-template.ts";
import { explainUnknownSecret, listKnownVariables } from "./list-known-variables.ts";
import { listTemplateFields, type TemplateField } from "./list-template-fields.ts";
import { profileSourceOf } from "./profile-source.ts";
import { defaultAuthenticationKind } from "./read-definition.ts";
import { findJsonPathProblem } from "./read-json-path.ts";
import { HeaderName, ResourceDefinition, type ResourceDraft } from "./schema.ts";

export type DraftProblem = {
  /** Dotted path of the field in the draft. */
  path: string;
  step: SetupStep;
  /** What is wrong and how to fix it, in a sentence or two. */
  message: string;
  /** A few words for a list: "Access Token URL". */
  label: string;
  /** One click that fixes it. */
  fix?: { kind: "add-input"; key: string } | { kind: "use-variable"; name: string } | { kind: "add-secret"; name: string };
};

export type CheckContext = {
  /** Whether outgoing calls may use plain http to this `host` or `host:port` (OUTBOUND_ALLOW). */
  allowsHttp: (host: string, port: string) => boolean;
  /** The host that the stored client secret was typed for; undefined when none is stored. */
  clientSecretHost?: string;
  /** The project's secrets. */
  secretNames: readonly string[];
};

export type CheckedDraft = { definition: ResourceDefinition | null; problems: DraftProblem[] };

export function checkDraft(draft: ResourceDraft, context: CheckContext): CheckedDraft {
  const settled = settleDraft(draft);
  const parsed = ResourceDefinition.safeParse(settled);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => problemOfIssue(settled, issue.path.map(String), issue.message))),
    ...checkClientSecret(settled, context),
    ...checkKeys(settled),
    ...checkPatterns(settled),
    ...checkJsonPaths(settled),
    ...checkParameterHeaders(settled),
    ...listTemplateFields(settled).flatMap((field) => checkTemplate(settled, field, context)),
    ...checkAddress(settled, "token", context),
    ...checkAddress(settled, "request", context),
    ...checkBody(settled),
  ];
  const seen = new Set<string>();
  const unique = problems
    .filter((problem) => !seen.has(problem.path) && seen.add(problem.path))
    .sort((a, b) => SETUP_STEPS.indexOf(a.step) - SETUP_STEPS.indexOf(b.step));
  return { definition: unique.length === 0 && parsed.success ? parsed.data : null, problems: unique };
}

/** The draft as it will be published: the authentication kind that nobody chose is the one that fits the type. */
const settleDraft = (draft: ResourceDraft): ResourceDraft => ({
  ...draft,
  request: {
    ...draft.request,
    authentication: { ...draft.request.authentication, kind: draft.request.authentication.kind ?? defaultAuthenticationKind(draft) },
  },
});

const LABELS: Record<string, string> = {
  level: "Level",
  authType: "Authentication type",
  "oauth.accessTokenUrl": "Access Token URL",
  "oauth.clientId": "Client ID",
  "oauth.clientSecret": "Client Secret",
  apiKeys: "API Keys",
  "request.baseUrl": "API Base URL",
  "profile.idPath": "Path of the user id",
  "test.expectPath": "Path that must exist",
};

const MISSING: Record<string, string> = {
  level: "Choose who holds the credentials.",
  authType: "Choose how the API checks them.",
  "oauth.accessTokenUrl": "Enter the address that issues tokens, such as https://auth.example.com/oauth/token.",
  "oauth.clientId": "Enter the Client ID that the API gave you.",
  "request.baseUrl": "Enter the address that all requests start with, such as https://api.example.com/v1.",
};

function problemOfIssue(draft: ResourceDraft, path: string[], message: string): DraftProblem {
  const dotted = path.join(".") || "level";
  return { path: dotted, step: stepOf(draft, dotted), message: MISSING[dotted] ?? message, label: labelOf(draft, dotted) };
}

/** Which step of the wizard holds a field. */
export function stepOf(draft: Pick<ResourceDraft, "level">, path: string): SetupStep {
  const [section] = path.split(".");
  if (section === "level" || section === "authType" || section === "appearance") return "api-info";
  if (section === "oauth" || section === "apiKeys") return draft.level === "app" ? "request-details" : "authorization";
  if (section === "inputs") return "authorization";
  if (section === "test") return "test-and-publish";
  return "request-details";
}

function labelOf(draft: ResourceDraft, path: string): string {
  const known = LABELS[path] ?? listTemplateFields(draft).find((field) => field.path === path)?.label;
  if (known) return known;
  const [section, index] = path.split(".");
  if (section === "inputs") return draft.inputs[Number(index)]?.key || "Required Input";
  if (section === "apiKeys") return draft.apiKeys[Number(index)]?.name || "API key";
  const last = path.split(".").findLast((part) => !/^\d+$/.test(part)) ?? path;
  return last.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());
}

function checkClientSecret(draft: ResourceDraft, context: CheckContext): DraftProblem[] {
  if (draft.authType === undefined || draft.authType === "api_key" || draft.oauth.clientAuthentication === "none") return [];
  const problem = (message: string): DraftProblem[] => [
    { path: "oauth.clientSecret", step: stepOf(draft, "oauth"), label: "Client Secret", message },
  ];
  const secret = draft.oauth.clientSecret;
  if (!secret) return problem("Enter the Client Secret, or choose Not sent under Include Client ID and Secret.");
  if (secret.kind === "input") {
    const input = draft.inputs.find(({ key }) => key === secret.key);
    if (draft.level === "app" || !input)
      return problem(`There is no Required Input "${secret.key}" to take the Client Secret from. Add it, or type a Client Secret.`);
    return input.secret ? [] : problem(`The Required Input "${secret.key}" holds the Client Secret: switch its Secret on.`);
  }
  if (context.clientSecretHost === undefined) return problem("The Client Secret isn't stored any more. Type it again.");
  const host = boundHostOf(draft.oauth.accessTokenUrl, draft.level === "app" ? [] : draft.inputs);
  return host && host !== context.clientSecretHost ? problem(movedSecret(context.clientSecretHost, host)) : [];
}

/** Inputs and API-key names share one flat connect body. */
function checkKeys(draft: ResourceDraft): DraftProblem[] {
  const rows = [
    ...(draft.level === "app" ? [] : draft.inputs.map(({ key }, index) => ({ key, path: `inputs.${index}.key` }))),
    ...(draft.authType === "api_key" ? draft.apiKeys.map(({ name }, index) => ({ key: name, path: `apiKeys.${index}.name` })) : []),
  ];
  return rows.flatMap(({ key, path }, index) =>
    key && rows.findIndex((row) => row.key === key) < index
      ? [
          {
            path,
            step: stepOf(draft, path),
            label: key,
            message: `"${key}" is used twice. Users send inputs and keys in one object, so each name is used once.`,
          },
        ]
      : [],
  );
}

function checkPatterns(draft: ResourceDraft): DraftProblem[] {
  const message = "This pattern doesn't parse. It is RE2 syntax: no look-around and no back-references.";
  const inputs = draft.level === "app" ? [] : draft.inputs;
  return [
    ...inputs.flatMap(({ key, accepts }, index) =>
      accepts.kind === "pattern" && accepts.pattern && !isPattern(accepts.pattern)
        ? [{ path: `inputs.${index}.accepts.pattern`, step: "authorization" as const, label: key || "Required Input", message }]
        : [],
    ),
    ...(draft.authType === "api_key" ? draft.apiKeys : []).flatMap(({ name, pattern }, index) =>
      pattern && !isPattern(pattern)
        ? [{ path: `apiKeys.${index}.pattern`, step: stepOf(draft, "apiKeys"), label: name || "API key", message }]
        : [],
    ),
  ];
}

function checkJsonPaths(draft: ResourceDraft): DraftProblem[] {
  const { response } = draft.oauth;
  const { profile, test, behaviour } = draft;
  const isOAuth = draft.authType !== undefined && draft.authType !== "api_key";
  const usesProfile = profileSourceOf(draft) === "request";
  const paths: [path: string, value: string][] = [
    ...(isOAuth
      ? (["accessToken", "refreshToken", "lifetime"] as const).map((key): [string, string] => [`oauth.response.${key}`, response[key]])
      : []),
    ...(usesProfile
      ? [
          ["profile.idPath", profile.idPath] as [string, string],
          ...profile.fields.map(({ path }, index): [string, string] => [`profile.fields.${index}.path`, path]),
        ]
      : []),
    ["test.expectPath", test.expectPath],
    ["behaviour.expired.path", behaviour.expired.path],
  ];
  return paths.flatMap(([path, value]) => {
    const message = value && findJsonPathProblem(value);
    return message ? [{ path, step: stepOf(draft, path), label: labelOf(draft, path), message }] : [];
  });
}

/** Token parameters that travel as headers have names that headers can have. */
function checkParameterHeaders(draft: ResourceDraft): DraftProblem[] {
  if (draft.authType === undefined || draft.authType === "api_key") return [];
  return draft.oauth.parameters.flatMap(({ name, place }, index) => {
    const parsed = place === "header" && name ? HeaderName.safeParse(name) : undefined;
    if (!parsed || parsed.success) return [];
    const path = `oauth.parameters.${index}.name`;
    return [{ path, step: stepOf(draft, path), label: name, message: parsed.error.issues[0]!.message }];
  });
}

function checkTemplate(draft: ResourceDraft, field: TemplateField, { secretNames }: CheckContext): DraftProblem[] {
  const problem = (message: string, fix?: DraftProblem["fix"]): DraftProblem[] => [
    { path: field.path, step: field.step, label: field.label, message, ...(fix ? { fix } : {}) },
  ];
  const broken = parseTemplate(field.text, field.format).find((part) => part.kind === "problem");
  if (broken) return problem(broken.message);
  const catalog = listKnownVariables(draft, field.place, secretNames);
  const [unknown] = findUnknownVariables(field.text, catalog, field.format);
  if (unknown) {
    const input = /^inputs\.([A-Za-z_][A-Za-z0-9_-]{0,63})$/.exec(unknown.variable)?.[1];
    if (input && draft.level !== "app")
      return problem(`There is no input named ${input}. Add it, and users are asked for it when they connect.`, {
        kind: "add-input",
        key: input,
      });
    const secret = unknown.suggestion?.startsWith("secrets.") ? null : explainUnknownSecret(unknown.variable);
    if (secret) return problem(secret.message, { kind: "add-secret", name: secret.name });
    const everywhere = listKnownVariables(draft, "request", secretNames);
    const elsewhere = field.place === "token" && findUnknownVariables(field.text, everywhere, field.format).length === 0;
    if (elsewhere) return problem(`${unknown.variable} doesn't exist yet during the token call. Only inputs, credentials and secrets do.`);
    return problem(unknown.fix, unknown.suggestion ? { kind: "use-variable", name: unknown.suggestion } : undefined);
  }
  if (!field.authenticates) return [];
  const written = listReferences(field.text, field.format).find(
    ({ name }) => name.startsWith("user.metadata") || name.startsWith("profile."),
  );
  return written
    ? problem(`${written.name} can be changed by the user, so it can't be part of authentication. Use an input or a credential.`)
    : [];
}

/** Scheme, host and who may choose it. */
function checkAddress(draft: ResourceDraft, place: "token" | "request", { allowsHttp }: CheckContext): DraftProblem[] {
  if (place === "token" && (draft.authType === undefined || draft.authType === "api_key")) return [];
  const path = place === "token" ? "oauth.accessTokenUrl" : "request.baseUrl";
  const text = (place === "token" ? draft.oauth.accessTokenUrl : draft.request.baseUrl).trim();
  if (!text) return [];
  const problem = (message: string): DraftProblem[] => [{ path, step: stepOf(draft, path), label: LABELS[path]!, message }];
  const scheme = /^(https?):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (!scheme) return problem("Start with https://.");
  const host = hostTemplateOf(text);
  const [, name = "", port = ""] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  if (scheme === "http" && !allowsHttp(name, port || "80")) {
    return problem(`Use https. Plain http is for targets on OUTBOUND_ALLOW only, and ${host || "this address"} isn't on it.`);
  }
  const inputs = draft.level === "app" ? [] : draft.inputs;
  const [found] = checkHost({ template: text, inputs, sharedSecretTravels: sharedSecretTravels(draft, place) }).problems;
  return found ? problem(found.message) : [];
}

function checkBody(draft: ResourceDraft): DraftProblem[] {
  const bodies = [
    { path: "test.request", body: draft.test.request.body },
    ...(profileSourceOf(draft) === "request" ? [{ path: "profile.request", body: draft.profile.request.body }] : []),
  ];
  return bodies.flatMap(({ path, body }) => {
    if (body.kind !== "json") return [];
    try {
      JSON.parse(body.text);
      return [];
    } catch {
      const message = 'This isn\'t JSON. Put each variable into quotes, such as { "id": "{{user.id}}" }: a lone variable keeps its type.';
      return [{ path: `${path}.body.text`, step: stepOf(draft, path), label: "Body", message }];
    }
  });
}

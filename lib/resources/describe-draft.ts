/**
 * A draft or definition in the words of the wizard: one row a field, with the step that edits it. The Setup tab shows the rows,
 * Revisions compares them. Pure. Parts that the level and authentication type don't use are left out, as publishing leaves them
 * out of effect; items of lists are named by their key, so that adding one doesn't change the rest. No secret is in any row.
 */
import type { SetupStep } from "#lib/paths.ts";
import { profileSourceOf } from "./profile-source.ts";
import { defaultAuthenticationKind } from "./read-definition.ts";
import type { RequestBody, ResourceDraft } from "./schema.ts";
import { AUTH_TYPE_LABELS, describeInterval, LEVEL_LABELS, REQUEST_AUTHENTICATION_LABELS } from "./words.ts";

export type DescribedField = {
  section: string;
  step: SetupStep;
  label: string;
  value: string;
  /** Written by the admin with `{{ }}`: shown with chips. */
  template?: boolean;
  /** Tells two stored secrets apart where both are "Set". Stays on the server. */
  identity?: string;
};

type Rows = [label: string, value: string | number | boolean | undefined, kind?: "template"][];

export function describeDraft(draft: ResourceDraft): DescribedField[] {
  const settings: SetupStep = draft.level === "app" ? "request-details" : "authorization";
  return [
    ...section("Appearance", "api-info", [
      ["Description", draft.appearance.description],
      ["Icon", draft.appearance.icon],
      ["Colour", draft.appearance.colour],
    ]),
    ...section("API Info", "api-info", [
      ["Level", draft.level && LEVEL_LABELS[draft.level]],
      ["Authentication type", draft.authType && AUTH_TYPE_LABELS[draft.authType]],
    ]),
    ...describeAuthorization(draft, settings),
    ...describeInputs(draft),
    ...describeRequest(draft),
    ...describeProfile(draft),
    ...describeTest(draft),
    ...describeBehaviour(draft),
  ];
}

/** Rows with something to say. */
const section = (name: string, step: SetupStep, rows: Rows): DescribedField[] =>
  rows
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([label, value, kind]) => ({
      section: name,
      step,
      label,
      value: typeof value === "boolean" ? (value ? "On" : "Off") : String(value),
      ...(kind ? { template: true } : {}),
    }));

const TOKEN_BODY = { form: "Form", json: "JSON" };
const CLIENT_AUTHENTICATION = { basic: "In the Basic header", body: "In the request body", none: "Not sent" };

function describeAuthorization(draft: ResourceDraft, step: SetupStep): DescribedField[] {
  const name = "Authorization";
  if (draft.authType === "api_key") {
    return section(name, step, [
      ["API Keys", draft.apiKeys.map((key) => key.name).join(", ")],
      ...draft.apiKeys.flatMap((key): Rows => {
        const of = `API key ${key.name}`;
        return [
          [`${of}: label`, key.label],
          [`${of}: help`, key.help],
          [`${of}: placeholder`, key.placeholder],
          [`${of}: secret`, key.secret],
          [`${of}: pattern`, key.pattern],
        ];
      }),
    ]);
  }
  if (!draft.authType) return [];
  const { oauth } = draft;
  return [
    ...section(name, step, [
      ["Access Token URL", oauth.accessTokenUrl, "template"],
      ["Client ID", oauth.clientId, "template"],
    ]),
    { section: name, step, label: "Client Secret", ...describeSecret(oauth.clientSecret) },
    ...section(name, step, [
      ["Client ID and Secret", CLIENT_AUTHENTICATION[oauth.clientAuthentication]],
      ["Body of the token call", TOKEN_BODY[oauth.bodyFormat]],
      ["Scope", oauth.scope, "template"],
      ...pairs("Token parameter", oauth.parameters, (parameter) => `${parameter.value} (in the ${parameter.place})`),
      ["Access token at", oauth.response.accessToken],
      ["Refresh token at", oauth.response.refreshToken],
      ["Lifetime at", `${oauth.response.lifetime}, in ${oauth.response.lifetimeUnit}`],
      ["Default lifetime", oauth.defaultLifetime && `${oauth.defaultLifetime} s`],
    ]),
  ];
}

function describeSecret(secret: ResourceDraft["oauth"]["clientSecret"]): Pick<DescribedField, "value" | "identity"> {
  if (!secret) return { value: "Not set" };
  return secret.kind === "input" ? { value: `From the Required Input ${secret.key}` } : { value: "Set", identity: secret.id };
}

function describeInputs({ level, inputs }: ResourceDraft): DescribedField[] {
  if (level === "app") return [];
  return section("Required Inputs", "authorization", [
    ["Required Inputs", inputs.map((input) => input.key).join(", ")],
    ...inputs.flatMap((input): Rows => {
      const { accepts } = input;
      return [
        [`${input.key}: title`, input.title],
        [`${input.key}: subtitle`, input.subtitle],
        [`${input.key}: placeholder`, input.placeholder],
        [`${input.key}: prefix`, input.prefix],
        [`${input.key}: suffix`, input.suffix],
        [
          `${input.key}: accepts`,
          accepts.kind === "text" ? "Any text" : accepts.kind === "pattern" ? accepts.pattern : accepts.choices.join(", "),
        ],
        [`${input.key}: secret`, input.secret],
      ];
    }),
  ]);
}

function describeRequest(draft: ResourceDraft): DescribedField[] {
  const { baseUrl, authentication, headers } = draft.request;
  const kind = authentication.kind ?? defaultAuthenticationKind(draft);
  return section("Request", "request-details", [
    ["API Base URL", baseUrl, "template"],
    ["API Authentication", REQUEST_AUTHENTICATION_LABELS[kind]],
    ...(kind === "bearer" ? ([["Token", authentication.token, "template"]] satisfies Rows) : []),
    ...(kind === "basic"
      ? ([
          ["Username", authentication.username, "template"],
          ["Password", authentication.password, "template"],
        ] satisfies Rows)
      : []),
    ...(kind === "query" ? pairs("Query", authentication.query) : []),
    ...(kind === "headers" ? pairs("Header", authentication.headers) : []),
    ...pairs("Default header", headers),
  ]);
}

function describeProfile(draft: ResourceDraft): DescribedField[] {
  const { level, profile } = draft;
  if (level === "app") return [];
  const name = "User Profile";
  if (!profile.enabled) return section(name, "request-details", [["User Profile", "Off"]]);
  if (profileSourceOf(draft) === "jwt") {
    return section(name, "request-details", [
      ["User Profile", "From the JWT access token"],
      ["User id in claim", profile.idClaim],
      ...pairs(
        "Saved",
        profile.claims.map(({ name: field, claim }) => ({ name: field, value: claim })),
        undefined,
        false,
      ),
    ]);
  }
  return section(name, "request-details", [
    ["User Profile", "By request"],
    ...describeCall(profile.request),
    ["User id at", profile.idPath],
    ...pairs(
      "Saved",
      profile.fields.map(({ name: field, path }) => ({ name: field, value: path })),
      undefined,
      false,
    ),
  ]);
}

const describeTest = ({ level, test }: ResourceDraft): DescribedField[] =>
  section("Test", "test-and-publish", [
    ...describeCall(test.request),
    ["Passes with", test.expectPath ? `a 2xx and something at ${test.expectPath}` : "any 2xx"],
    ["Verify on connect", level === "app" ? undefined : test.verifyOnConnect],
  ]);

function describeBehaviour({ behaviour: { timeoutMs, expired, verifyEvery } }: ResourceDraft): DescribedField[] {
  return section("Behaviour", "request-details", [
    ["Time-out", `${timeoutMs / 1000} s`],
    ["Check credentials", describeInterval(verifyEvery)],
    ["Token expired on", expired.statuses.join(", ")],
    ["Token expired at", expired.path && `${expired.path} = ${expired.equals}`],
    ["Token expired header", expired.header && `${expired.header}: ${expired.headerEquals}`],
  ]);
}

function describeCall({ method, path, query, headers, body }: ResourceDraft["test"]["request"]): Rows {
  return [
    ["Request", `${method} ${path}`, "template"],
    ...pairs("Query", query),
    ...pairs("Header", headers),
    ["Body", describeBody(body), "template"],
  ];
}

function describeBody(body: RequestBody): string {
  if (body.kind === "none") return "";
  if (body.kind === "form") return body.fields.map(({ name, value }) => `${name}=${value}`).join("&");
  return body.kind === "raw" ? `${body.text} (${body.contentType})` : body.text;
}

/** One row a pair, named by it; a name that comes twice gets one row with both values. */
function pairs<Pair extends { name: string; value: string }>(
  label: string,
  list: readonly Pair[],
  write: (pair: Pair) => string = (pair) => pair.value,
  template = true,
): Rows {
  const byName = new Map<string, string[]>();
  for (const pair of list) byName.set(pair.name, [...(byName.get(pair.name) ?? []), write(pair)]);
  return [...byName].map(([name, values]) => [
    `${label} ${name || "without a name"}`,
    values.join("\n") || "Empty",
    template ? "template" : undefined,
  ]);
}

export type DescribedChange = {
  section: string;
  step: SetupStep;
  label: string;
  /** Null where the field wasn't there. */
  before: string | null;
  after: string | null;
};

/** Field by field, in the order of the wizard. A secret replaced by another one says "Changed", never what it was. */
export function describeChanges(before: ResourceDraft, after: ResourceDraft): DescribedChange[] {
  const keyOf = (field: DescribedField) => `${field.section}\n${field.label}`;
  const [old, fresh] = [describeDraft(before), describeDraft(after)].map((fields) => new Map(fields.map((field) => [keyOf(field), field])));
  const order = [...fresh!.keys(), ...[...old!.keys()].filter((key) => !fresh!.has(key))];
  return order.flatMap((key) => {
    const [a, b] = [old!.get(key), fresh!.get(key)];
    const { section: name, step, label } = (b ?? a)!;
    const row = { section: name, step, label, before: a?.value ?? null, after: b?.value ?? null };
    if (row.before !== row.after) return [row];
    return a?.identity === b?.identity ? [] : [{ ...row, after: "Changed" }];
  });
}

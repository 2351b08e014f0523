import { describe, expect, it } from "vitest";
import { describeChanges, describeDraft } from "./describe-draft.ts";
import { ResourceDraft } from "./schema.ts";

const SECRET = "0b0e8a3e-2f5c-4c53-9d51-6f1f6c1f0a01";
const OTHER_SECRET = "0b0e8a3e-2f5c-4c53-9d51-6f1f6c1f0a02";

const oauth = ResourceDraft.parse({
  appearance: { description: "Tasks", icon: "list", colour: 1 },
  level: "user",
  authType: "oauth2_refresh_token",
  inputs: [
    {
      key: "tenant",
      title: "Tenant",
      subtitle: "s",
      placeholder: "acme",
      prefix: "https://",
      suffix: ".io",
      accepts: { kind: "pattern", pattern: "[a-z]+" },
    },
  ],
  oauth: {
    accessTokenUrl: "https://{{inputs.tenant}}.test/token",
    clientId: "id",
    clientSecret: { kind: "sealed", id: SECRET },
    scope: "read",
    parameters: [{ name: "audience", value: "x", place: "body" }],
    defaultLifetime: 60,
  },
  request: { baseUrl: "https://{{inputs.tenant}}.test", headers: [{ name: "Accept", value: "application/json" }] },
  profile: {
    enabled: true,
    request: { path: "/me", query: [{ name: "q", value: "1" }], headers: [{ name: "X", value: "1" }], body: { kind: "json", text: "{}" } },
    fields: [{ name: "email", path: "$.email" }],
  },
  test: {
    request: {
      path: "/tasks",
      query: [{ name: "limit", value: "1" }],
      headers: [{ name: "X", value: "1" }],
      body: { kind: "form", fields: [{ name: "a", value: "b" }] },
    },
    expectPath: "$.items",
    verifyOnConnect: true,
  },
  behaviour: { expired: { path: "$.error", equals: "expired", header: "X-Expired", headerEquals: "1" } },
});
const keys = ResourceDraft.parse({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "token", label: "Token", help: "h", placeholder: "p", pattern: ".+" }],
  request: { baseUrl: "https://a.test", authentication: { kind: "query", query: [{ name: "key", value: "{{credentials.token}}" }] } },
  // Chosen when it had tokens: without effect, as API keys have no claims.
  profile: { enabled: true, source: "jwt", claims: [{ name: "email", claim: "mail" }] },
});
const claims = ResourceDraft.parse({ ...oauth, profile: { enabled: true, source: "jwt", claims: [{ name: "email", claim: "mail" }] } });

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null | undefined;

/** Every way to change one leaf of a draft. */
function* changedLeaves(value: Json, path: string[] = []): Generator<[string, (draft: Json) => Json]> {
  if (value && typeof value === "object") {
    for (const [key, inside] of Object.entries(value)) yield* changedLeaves(inside, [...path, key]);
    return;
  }
  const changed = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${value}x`;
  yield [path.join("."), (draft) => set(structuredClone(draft), path, changed)];
}
function set(draft: Json, [key, ...rest]: string[], value: Json): Json {
  const record = draft as { [key: string]: Json };
  record[key!] = rest.length === 0 ? value : set(record[key!], rest, value);
  return draft;
}

/** Where a draft keeps what has no effect: parts of other kinds, kept to come back to. */
const WITHOUT_EFFECT = {
  oauth:
    /^(apiKeys|request\.authentication\.(username|password|query|headers)|profile\.(idClaim|claims|source|enabled)|.*\.kind$|.*\.place$|authType|level|.*Authentication$|.*Unit$|.*\.method$)/,
  claims:
    /^(apiKeys|request\.authentication\.(username|password|query|headers)|profile\.(request|idPath|fields|source|enabled)|.*\.kind$|.*\.place$|authType|level|.*Authentication$|.*Unit$|.*\.method$)/,
  keys: /^(oauth|inputs|request\.authentication\.(token|username|password|headers)|profile\.(idClaim|claims|source|enabled)|behaviour\.expired\.(equals|headerEquals)|.*\.kind$|authType|level|.*\.method$)/,
};

describe("comparing two drafts", () => {
  it.each([
    ["oauth", oauth],
    ["claims", claims],
    ["keys", keys],
  ] as const)("misses no changed field that has an effect (%s)", (name, draft) => {
    const missed = [...changedLeaves(draft as Json)]
      .filter(([path]) => !WITHOUT_EFFECT[name].test(path))
      .filter(([, change]) => describeChanges(draft, change(draft as Json) as unknown as ResourceDraft).length === 0)
      .map(([path]) => path);
    expect(missed).toEqual([]);
  });

  it("finds nothing between equal ones, and nothing in parts that have no effect", () => {
    expect(describeChanges(oauth, structuredClone(oauth))).toEqual([]);
    expect(describeChanges(oauth, { ...oauth, apiKeys: keys.apiKeys })).toEqual([]);
  });

  it("says what was there before and what is after, by the field's own label", () => {
    const after = { ...oauth, request: { ...oauth.request, baseUrl: "https://b.test" } };
    expect(describeChanges(oauth, after)).toEqual([
      {
        section: "Request",
        step: "request-details",
        label: "API Base URL",
        before: "https://{{inputs.tenant}}.test",
        after: "https://b.test",
      },
    ]);
  });

  it("tells that a secret was replaced, and never its value or id", () => {
    const replaced = { ...oauth, oauth: { ...oauth.oauth, clientSecret: { kind: "sealed" as const, id: OTHER_SECRET } } };
    const changes = describeChanges(oauth, replaced);
    expect(changes).toEqual([expect.objectContaining({ label: "Client Secret", before: "Set", after: "Changed" })]);
    expect(JSON.stringify(changes)).not.toContain(SECRET);
  });
});

it.each([
  [0, "Never"],
  [3_600, "Every hour"],
  [21_600, "Every 6 hours"],
  [86_400, "Every day"],
  [604_800, "Every week"],
  [2_592_000, "Every 30 days"],
  [90, "Every 90 s"],
  [120, "Every 2 minutes"],
])("a check interval of %i s reads: %s", (verifyEvery, words) => {
  const rows = describeDraft({ ...oauth, behaviour: { ...oauth.behaviour, verifyEvery } });
  expect(rows.find(({ label }) => label === "Check credentials")?.value).toBe(words);
});

it("an app-level resource has no Required Inputs and no User Profile to describe", () => {
  const sections = new Set(describeDraft({ ...oauth, level: "app" }).map((field) => field.section));
  expect([...sections]).not.toContain("Required Inputs");
  expect([...sections]).not.toContain("User Profile");
});

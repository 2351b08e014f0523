import { createHmac, createPublicKey } from "node:crypto";
import type { TestReport } from "#lib/connections/schema.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { expect, test } from "./fixtures/app.ts";
import { digestQuietTables, digestTables, openDatabase } from "./fixtures/database.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedDraft, seedResource } from "./fixtures/seed-resource.ts";
import { sendTest } from "./fixtures/send-test.ts";
import { callsSeen, DEMO, drafts } from "./fixtures/tasklab.ts";
import { makeSigner, type Signer } from "./fixtures/user-token.ts";
import { Wizard } from "./pages/wizard.ts";

const ada = { tenant: "northgate", ...DEMO.ada };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

type Refused = { status: number; message: RegExp; body?: unknown; token?: (signer: Signer) => string };

const BODIES: Record<string, Refused> = {
  "missing keys, all at once": { body: { tenant: "northgate" }, status: 400, message: /Missing: username, password/ },
  "an unknown key": { body: { ...ada, colour: "red" }, status: 400, message: /There is no "colour" here/ },
  "a misspelt key": { body: { ...ada, pasword: "x" }, status: 400, message: /Did you mean "password"/ },
  "an array": { body: [ada], status: 400, message: /JSON object/ },
  "broken JSON": { body: "{", status: 400, message: /isn't JSON/ },
  "a value that misfits its pattern": { body: { ...ada, tenant: "North Gate" }, status: 400, message: /doesn't fit the pattern/ },
  "//evil": { body: { ...ada, tenant: "//evil.example" }, status: 400, message: /doesn't fit the pattern/ },
  "@evil": { body: { ...ada, tenant: "x@evil.example" }, status: 400, message: /doesn't fit the pattern/ },
  "a dot segment": { body: { ...ada, tenant: ".." }, status: 400, message: /doesn't fit the pattern/ },
};

const TOKENS: Record<string, Refused> = {
  "no token": { token: () => "", status: 401, message: /token/i },
  "an expired token": { token: ({ sign }) => sign({ sub: "mallory", iat: 1_000, exp: 2_000 }), status: 401, message: /Check its exp\./ },
  "a token that never ends": { token: ({ sign }) => sign({ sub: "mallory", exp: undefined }), status: 401, message: /Check its exp\./ },
  "a token of 25 hours": {
    token: ({ sign }) => sign({ sub: "mallory", exp: Math.floor(Date.now() / 1_000) + 90_000 }),
    status: 401,
    message: /Check its exp\..*by 24 h at most/,
  },
  "alg none, without a signature": {
    token: ({ sign }) => `${sign({ sub: "mallory" }, { alg: "none" }).split(".").slice(0, 2).join(".")}.`,
    status: 401,
    message: /Check its Format\./,
  },
  "alg none, with one": {
    token: ({ sign }) => sign({ sub: "mallory" }, { alg: "none" }),
    status: 401,
    message: /Check its Algorithm\..*RS256/,
  },
  "HS256 signed with the public PEM": { token: hs256, status: 401, message: /Check its Algorithm\..*RS256/ },
  "HS256 signed with the public DER": { token: (signer) => hs256(signer, true), status: 401, message: /Check its Algorithm\..*RS256/ },
  "a key that nobody registered": {
    token: () => makeSigner().sign({ sub: "mallory" }),
    status: 401,
    message: /It isn’t signed by an active signing key/,
  },
  "a token for another audience": {
    token: ({ sign }) => sign({ sub: "mallory", aud: "somebody-else" }),
    status: 401,
    message: /Check its aud\./,
  },
};

function hs256({ publicKeyPem }: Signer, der = false): string {
  const now = Math.floor(Date.now() / 1_000);
  const input = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: "mallory", iat: now, exp: now + 60 })}`;
  const key = der ? createPublicKey(publicKeyPem).export({ type: "spki", format: "der" }) : publicKeyPem;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

async function connect(base: string, projectId: string, resourceId: string, token: string, body: unknown = ada) {
  const response = await fetch(`${base}/projects/${projectId}/sdk/resources/${resourceId}/connect`, {
    method: "POST",
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as { message: string; code: string } };
}

for (const door of ["gateway", "dashboard"] as const) {
  test(`connect at the ${door} refuses wrong input with a clear message, and no table changes`, async ({
    app,
    admin,
    projectId,
    signer,
  }) => {
    const base = door === "gateway" ? app.gateway : `${app.web}/api`;
    const id = await seedResource(admin, app, projectId, `Refusing at the ${door}`, drafts.apiKeys(app.tasklab));
    const { id: draftId } = await seedDraft(admin, app, projectId, `Unpublished at the ${door}`, drafts.apiKeys(app.tasklab));
    const { to } = await runAction<{ to: string }>(admin, app, "createProjectAction", { projectId, name: `Other at the ${door}` });
    const otherProject = to.split("/")[2]!;
    const stranger = makeSigner();
    await runAction(admin, app, "addKeyAction", { projectId: otherProject, publicKeyPem: stranger.publicKeyPem });
    const sql = openDatabase(app.databaseUrl);
    const before = await digestQuietTables(sql);
    const seenBefore = (await callsSeen(app)).length;

    for (const [what, { body, token, status, message }] of Object.entries({ ...BODIES, ...TOKENS })) {
      const answer = await connect(base, projectId, id, token ? token(signer) : signer.sign({ sub: "mallory" }), body);
      expect(answer.status, what).toBe(status);
      expect(answer.body.message, what).toMatch(message);
      expect(answer.headers.get("access-control-allow-origin"), `${what}: the client can read why`).toBe("*");
      expect(answer.headers.get("x-request-id"), what).toBeTruthy();
      if (status === 401) expect(answer.headers.get("www-authenticate"), what).toMatch(/^Bearer/);
      expect(await digestTables(sql), what).toEqual(before);
    }

    const own = () => signer.sign({ sub: "mallory" });
    const strange = () => stranger.sign({ sub: "mallory" });
    const notYours = await connect(base, otherProject, id, strange());
    const notThere = await connect(base, otherProject, crypto.randomUUID(), strange());
    expect(notYours.status, "another project's resource").toBe(404);
    expect({ ...notYours.body, requestId: 0 }, "reads like one that doesn't exist").toEqual({ ...notThere.body, requestId: 0 });
    expect((await connect(base, projectId, id, strange())).status, "another project's token").toBe(401);
    expect((await connect(base, crypto.randomUUID(), id, own())).status, "an unknown project").toBe(401);
    expect((await connect(base, projectId, draftId, own())).status, "an unpublished resource").toBe(404);
    expect(await digestTables(sql)).toEqual(before);
    expect((await callsSeen(app)).length, "nothing went out").toBe(seenBefore);

    expect((await connect(base, projectId, id, own())).status, "the same call, right: 200").toBe(200);
    expect(await digestTables(sql)).not.toEqual(before);
    await sql.end();
  });
}

test("CR LF in a value for a header is refused when a user connects, and nothing is sent", async ({ app, admin, projectId, signer }) => {
  const draft = {
    ...drafts.apiKeys(app.tasklab),
    inputs: [{ key: "team", title: "Team" }],
    request: { baseUrl: `${app.tasklab}/northgate/basic`, headers: [{ name: "X-Team", value: "{{inputs.team}}" }] },
  };
  const id = await seedResource(admin, app, projectId, "Header values", draft);
  const sql = openDatabase(app.databaseUrl);
  const before = await digestQuietTables(sql);
  const answer = await connect(app.gateway, projectId, id, signer.sign({ sub: "mallory" }), { team: "a\r\nX-Evil: injected", ...DEMO.ada });
  expect(answer.status).toBe(400);
  expect(answer.body.message).toMatch(/control character|line break/i);
  expect(await digestTables(sql)).toEqual(before);
  await sql.end();
  expect(await callsSeen(app, { contains: "x-evil" })).toEqual([]);
});

test("a host that users choose, where a secret that all share travels, isn't published", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const draft = {
    ...drafts.clientCredentials("https://api.example.com"),
    oauth: { accessTokenUrl: "https://{{inputs.tenant}}/oauth/token", clientId: "x" },
  };
  const { id } = await seedDraft(admin, app, projectId, "Who chooses the host", draft, "shared-by-all-users");
  const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
  const sentence = "A secret that all users share goes to this host, and inputs.tenant lets each user choose it.";
  await expect(page.getByRole("region", { name: "Before Finish" })).toContainText(sentence);
  await wizard.button("Finish").click();
  await wizard.isAt("Authorization");
  await expect(page.getByText(sentence).first()).toBeVisible();
  const sql = openDatabase(app.databaseUrl);
  const [row] = await sql`select live_revision as live from resource where id = ${id}`;
  await sql.end();
  expect(row!.live).toBeNull();

  const saved = wizard.nextSave();
  await wizard.field("Access Token URL").fill("https://{{inputs.tenant}}.example.com/oauth/token");
  await saved;
  await expect(page.getByText(sentence), "with a fixed end it may be one label").toHaveCount(0);
});

/** quality.md, Outgoing calls: each spelling, and a word of the rule that closes it. */
const PRIVATE: [url: string, rule: RegExp][] = [
  ["https://127.0.0.1", /loopback/],
  ["https://127.0.0.1.", /loopback/],
  ["https://127.1", /loopback/],
  ["https://2130706433", /loopback/],
  ["https://0x7f000001", /loopback/],
  ["https://0177.0.0.1", /loopback/],
  ["https://１２７.0.0.1", /loopback/],
  ["https://localhost", /loopback/],
  ["https://0.0.0.0", /this network/],
  ["https://10.0.0.1", /private/],
  ["https://172.16.0.1", /private/],
  ["https://192.168.1.1", /private/],
  ["https://100.64.0.1", /carrier/],
  ["https://169.254.169.254", /metadata/],
  ["https://2852039166", /metadata/],
  ["https://100.100.100.200", /metadata/],
  ["https://198.18.0.1", /benchmarking/],
  ["https://224.0.0.1", /multicast/],
  ["https://240.0.0.1", /reserved/],
  ["https://[::1]", /loopback/],
  ["https://[::]", /this network/],
  ["https://[::ffff:127.0.0.1]", /loopback/],
  ["https://[::ffff:7f00:1]", /loopback/],
  ["https://[::127.0.0.1]", /loopback/],
  ["https://[::8.8.8.8]", /IPv4-compatible/],
  ["https://[64:ff9b::127.0.0.1]", /loopback/],
  ["https://[64:ff9b::8.8.8.8]", /NAT64/],
  ["https://[2002:7f00:1::]", /loopback/],
  ["https://[2001::1]", /Teredo/],
  ["https://[fd00:ec2::254]", /metadata/],
  ["https://[fc00::1]", /private/],
  ["https://[fe80::1]", /link-local/],
];

for (const target of ["API Base URL", "Access Token URL"] as const) {
  test(`every spelling of a private address as ${target} has its own sentence in the test`, async ({ app, admin, projectId }) => {
    const draftFor = (url: string) =>
      target === "API Base URL"
        ? { ...drafts.apiKeys(url), inputs: [], request: { baseUrl: url } }
        : {
            ...drafts.clientCredentials(app.tasklab),
            inputs: [],
            oauth: { accessTokenUrl: `${url}/token`, clientId: "x", clientAuthentication: "none" },
            request: { baseUrl: `${app.tasklab}/northgate/v3` },
          };
    const { id, version } = await seedDraft(admin, app, projectId, `Private ${target}`, draftFor("https://example.com"));
    let at = version;
    for (const [url, rule] of PRIVATE) {
      const saved = await runAction<{ version: number }>(admin, app, "saveSetupAction", {
        projectId,
        resourceId: id,
        version: at,
        body: ResourceDraft.parse(draftFor(url)),
        secrets: {},
      });
      at = saved.version;
      const answer = await sendTest<TestReport>(
        admin,
        { web: app.web, projectId, resourceId: id },
        target === "API Base URL" ? DEMO.ada : {},
      );
      const report = answer.data?.report;
      const lane = report?.lanes.find(({ kind }) => kind === (target === "API Base URL" ? "call" : "token"));
      expect(lane?.state, `${url}: ${answer.error?.message}`).toBe("failed");
      expect(lane!.problem!.message, url).toMatch(/was blocked: .* is in a closed range/);
      expect(lane!.problem!.message, url).toMatch(rule);
      expect(lane!.problem!.fix, url).toContain("OUTBOUND_ALLOW");
    }
  });
}

test("the wizard shows which rule blocked a private address", async ({ app, admin, projectId, signedInPage: page }) => {
  const { id } = await seedDraft(admin, app, projectId, "Blocked in the wizard", {
    ...drafts.apiKeys("https://2852039166"),
    inputs: [],
    request: { baseUrl: "https://2852039166" },
  });
  const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
  await wizard.fill({ Username: "ada", Password: "irrelevant" });
  await wizard.sendTest();
  await expect(wizard.lane("API call").getByText("Failed", { exact: true })).toBeVisible();
  await expect(wizard.lane("API call")).toContainText(
    "The call to 169.254.169.254 was blocked: 169.254.169.254 is in a closed range (cloud metadata).",
  );
  await wizard.lane("API call").getByRole("button", { name: "Go to API Base URL" }).click();
  await wizard.isAt("Request Details");
  await expect(wizard.field("API Base URL")).toBeFocused();
});

import { expect, test } from "vitest";
import { createSigningKey } from "#lib/projects/create-signing-key.ts";
import { makeSigner, tasklabDraft, testApi, type WireBody } from "../testing.ts";

/** The user's account at a resource: reading it (GET /sdk/credentials) and ending it (DELETE /sdk/integrations/{id}). */
const { api, publish, connect, sql, signer, scope, actor, db, tasklab, spine, errors, secondProject } = await testApi();

const AMPERSAND = "Tom & Jerry’s 100+ tasks";
const resource = await publish(AMPERSAND, tasklabDraft.apiKey(tasklab.url));
const other = await publish("Another", tasklabDraft.apiKey(tasklab.url));
const appLevel = await publish("For all", {
  level: "app",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  request: { baseUrl: `${tasklab.url}/northgate/open`, authentication: { kind: "none" } },
});
const ada = { tenant: "northgate", username: "ada", password: "lovelace-1843" };

async function call(method: string, path: string, sub: string, headers: Record<string, string> = {}) {
  const response = await api.request(`/projects/${scope.projectId}/sdk${path}`, {
    method,
    headers: { authorization: `Bearer ${signer.sign({ sub })}`, ...headers },
  });
  const text = await response.text();
  const body = (text ? JSON.parse(text) : null) as (WireBody & { type?: string; integrationId?: string }) | null;
  return { status: response.status, text, body };
}
const read = (query: string, sub: string) => call("GET", `/credentials?${query}`, sub);
const uninstall = (id: string, sub: string, credentialId?: string) =>
  call("DELETE", `/integrations/${id}`, sub, credentialId ? { "x-paragon-credential": credentialId } : {});
const connectedIds = async () => (await sql<{ id: string }[]>`select id from credential order by id`).map(({ id }) => id);

test.each([
  ["as the published client writes it, not encoded", `integration=${AMPERSAND.replaceAll(" ", "%20")}&includeAccountAuth=undefined`],
  ["encoded", `integration=${encodeURIComponent(AMPERSAND)}`],
  ["as a form", new URLSearchParams({ integration: AMPERSAND, includeAccountAuth: "true" }).toString()],
  ["as a form, in another order", new URLSearchParams({ includeAccountAuth: "true", integration: AMPERSAND }).toString()],
  ["by id", `integration=${resource}`],
])("the account is found by the resource's name %s", async (_, query) => {
  const connected = await connect(resource, ada, signer.sign({ sub: "named" }));
  const { status, body, text } = await read(query, "named");
  expect(status, text).toBe(200);
  expect(body).toMatchObject({
    id: connected.body.id,
    integrationId: resource,
    type: AMPERSAND,
    status: "VALID",
    providerId: "ada",
    hasCredential: true,
  });
  expect(text).not.toContain(ada.password);
});

test.each([
  ["no name", "", 400],
  ["an empty one", "integration=", 400],
  ["one that nobody has", "integration=Nothing", 404],
  ["half an escape", "integration=%E0%A4%A", 404],
  ["a resource that isn't connected", "integration=Another", 404],
])("%s is refused with a fix", async (_, query, status) => {
  const end = await read(query, "named");
  expect(end).toMatchObject({ status, body: { message: expect.stringMatching(/\.$/), code: expect.any(String) } });
});

test("asking for an account makes no user", async () => {
  await read(`integration=${resource}`, "never seen");
  expect(await sql`select 1 from connected_user where external_id = 'never seen'`).toHaveLength(0);
});

test("uninstall ends the connection: no row, no secret; the timeline and the activity keep that it was", async () => {
  const { body: credential } = await connect(resource, ada, signer.sign({ sub: "leaves" }));
  expect(await uninstall(resource, "leaves", credential.id)).toMatchObject({ status: 204, text: "" });
  expect(await sql`select 1 from credential where id = ${credential.id!}`).toHaveLength(0);
  expect(await read(`integration=${resource}`, "leaves")).toMatchObject({ status: 404 });
  const events = await sql<{ kind: string }[]>`select kind from credential_event where credential_id = ${credential.id!} order by at`;
  expect(events.map(({ kind }) => kind)).toEqual(["connected", "disconnected"]);
  await spine.close();
  const rows = await sql`select kind, method, status, source from activity where credential_id = ${credential.id!} and method = 'DELETE'`;
  expect([...rows]).toEqual([{ kind: "connect", method: "DELETE", status: 204, source: "sdk" }]);
});

test("uninstalling twice, and ten times at once, is one disconnect", async () => {
  const { body: credential } = await connect(resource, ada, signer.sign({ sub: "impatient" }));
  const ends = await Promise.all(Array.from({ length: 10 }, () => uninstall(resource, "impatient", credential.id)));
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([204]));
  expect((await uninstall(resource, "impatient")).status).toBe(204);
  const events = await sql`select 1 from credential_event where credential_id = ${credential.id!} and kind = 'disconnected'`;
  expect(events).toHaveLength(1);
  expect(errors).toEqual([]);
});

test("a page that is behind doesn't end a newer connection", async () => {
  const first = await connect(resource, ada, signer.sign({ sub: "two tabs" }));
  await uninstall(resource, "two tabs", first.body.id);
  const second = await connect(resource, ada, signer.sign({ sub: "two tabs" }));
  expect(second.body.id).not.toBe(first.body.id);
  expect(await uninstall(resource, "two tabs", first.body.id)).toMatchObject({ status: 404 });
  expect(await connectedIds()).toContain(second.body.id);
});

test("nobody ends another user's connection, by no id of theirs", async () => {
  const victim = await connect(resource, ada, signer.sign({ sub: "victim" }));
  const mine = await connect(resource, ada, signer.sign({ sub: "mallory" }));
  const before = await connectedIds();
  const named = await uninstall(resource, "mallory", victim.body.id);
  const unknown = await uninstall(resource, "mallory", crypto.randomUUID());
  expect(named.status).toBe(404);
  expect(named.body!.message).toBe(unknown.body!.message);
  expect((await uninstall(victim.body.id!, "mallory")).status).toBe(404);
  expect(await connectedIds()).toEqual(before);
  expect((await read(`integration=${victim.body.id}`, "mallory")).status).toBe(404);
  expect((await read(`integration=${resource}`, "mallory")).body!.id).toBe(mine.body.id);
});

test("another project's ids are as unknown as any", async () => {
  const elsewhere = await secondProject();
  const stranger = makeSigner();
  await createSigningKey(elsewhere, db, actor, { publicKeyPem: stranger.publicPem });
  const victim = await connect(resource, ada, signer.sign({ sub: "twin" }));
  const before = await connectedIds();
  const from = (method: string, path: string) =>
    api.request(`/projects/${elsewhere.projectId}/sdk${path}`, {
      method,
      headers: { authorization: `Bearer ${stranger.sign({ sub: "twin" })}`, "x-paragon-credential": victim.body.id! },
    });
  for (const [method, path] of [
    ["DELETE", `/integrations/${resource}`],
    ["GET", `/credentials?integration=${resource}`],
    ["GET", `/credentials?integration=${encodeURIComponent(AMPERSAND)}`],
  ] as const)
    expect((await from(method, path)).status, path).toBe(404);
  expect(await connectedIds()).toEqual(before);
});

test("a resource of the app has nothing that a user could end", async () => {
  expect((await uninstall(appLevel, "named")).status).toBe(409);
});

test("connecting again after a disconnect is a new credential, for the same user", async () => {
  const first = await connect(other, ada, signer.sign({ sub: "returns" }));
  await uninstall(other, "returns");
  const second = await connect(other, ada, signer.sign({ sub: "returns" }));
  expect(second.status).toBe(200);
  expect(second.body.personaId).toBe(first.body.personaId);
  expect(second.body.id).not.toBe(first.body.id);
});

test("the frame of the published client is a page without script, which any origin may frame", async () => {
  const page = await api.request("/ui?projectId=x");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("content-security-policy")).toBe("default-src 'none'; base-uri 'none'; form-action 'none'");
  expect(page.headers.get("x-frame-options")).toBeNull();
  expect(await page.text()).not.toMatch(/<script|on\w+=/);
});

import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { createSecret } from "#lib/projects/change-secrets.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { deleteSecret } from "#lib/resources/delete-secret.ts";
import { listSecretUses } from "#lib/resources/list-secret-uses.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { testApi } from "../../server/api/testing.ts";
import { createWorkflow } from "./create-workflow.ts";
import { performRequestStep } from "./perform-request-step.ts";
import { publishWorkflow } from "./publish-workflow.ts";
import type { RequestStep } from "./schema.ts";
import { requestStep } from "./testing.ts";

/** Who may choose the host (rules.md), for the secrets that a workflow's own step reads. */
const world = await testApi();
const { sql, db, scope, actor, errors } = world;
const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32", onError: (error) => errors.push(error) });

const CANARY = "canary-of-the-project";
/** What came to the host that a user chose. */
const seen: string[] = [];
const usersHost = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  seen.push(`${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`);
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
await new Promise<void>((resolve) => usersHost.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(usersHost.address() as AddressInfo).port}`;
afterAll(async () => {
  usersHost.close();
  await spine.close();
});

const { id: resourceId } = await createResource(scope, db, actor, { name: "Hosted" });
/** In the tests an API speaks http wherever it stands. */
async function live(baseUrl: string): Promise<void> {
  const { version } = (await findResource(scope, db, resourceId))!.draft;
  const body = ResourceDraft.parse({
    ...emptyDraft(),
    level: "user",
    authType: "api_key",
    apiKeys: [{ name: "key" }],
    inputs: [{ key: "host", title: "Host" }],
    request: { baseUrl, authentication: { kind: "none" } },
  });
  await saveDraft(scope, db, actor, { resourceId, version, body, secrets: {} });
  await publishResource(scope, db, actor, { resourceId, allowsHttp: () => true });
}

const publish = async (step: RequestStep) => {
  const body = { trigger: { type: "event", name: "e", example: "" } as const, steps: [step] };
  const { id: workflowId } = await createWorkflow(scope, db, actor, { name: "Tell", body });
  return await publishWorkflow(scope, db, actor, { workflowId, version: 1 });
};

test("a step that sends a secret isn't published for a host that users choose, and sends nothing when the address becomes one later", async () => {
  await createSecret(scope, db, actor, { name: "PARTNER", value: CANARY, description: "" });
  const body = { kind: "json", text: '{"key":"{{secrets.PARTNER}}"}' } as const;
  const step = requestStep(resourceId, { method: "POST", path: "/x", body }) as RequestStep;
  await live(`http://${host}`);
  await publish(step);
  expect((await world.connect(resourceId, { key: "the-users-own", host })).status).toBe(200);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where external_id = 'user-1'`;
  const call = (one: RequestStep) => {
    const run = { id: randomUUID(), step: one.id };
    return performRequestStep(spine, scope, { step: one, userId: user!.id, variables: {}, idempotencyKey: run.id, run });
  };
  expect(await call(step), "to the admin's own host it goes").toMatchObject({ ok: true });
  expect(seen.splice(0).join()).toContain(CANARY);

  await live("http://{{inputs.host}}");
  await expect(publish(step)).rejects.toMatchObject({
    code: "bad_input",
    details: { fields: { [`${step.id}.request.body.text`]: expect.stringContaining("inputs.host") } },
  });
  expect(await call(step)).toMatchObject({ ok: false, isPassing: false, failure: { kind: "secret_withheld" } });
  expect(seen).toEqual([]);
  const plain = requestStep(resourceId, { path: "/plain" }) as RequestStep;
  // Without a secret the user's own host would be called, were it a public one.
  expect(await call(plain)).toMatchObject({
    ok: false,
    failure: { kind: "blocked_address", fix: expect.stringContaining("list of choices") },
  });
  expect(seen.join()).not.toContain(CANARY);
});

const makeSecret = async () => {
  const name = `S_${randomBytes(6).toString("hex")}`;
  await createSecret(scope, db, actor, { name, value: "of-a-workflow", description: "" });
  return name;
};
const sends = (name: string) =>
  requestStep(resourceId, { method: "POST", body: { kind: "json", text: `{"deep":[{"key":"{{secrets.${name}}}"}]}` } }) as RequestStep;

test("a secret that a live workflow sends is listed there, and can't be deleted", async () => {
  await live("https://api.example.com");
  const name = await makeSecret();
  await publish(sends(name));
  expect((await listSecretUses(scope, db)).get(name)).toMatchObject([{ by: "workflow", name: "Tell", isLive: true, isDraft: true }]);
  await expect(deleteSecret(scope, db, actor, { name })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/^Tell uses/),
  });
  const drafted = await makeSecret();
  const body = { trigger: { type: "event", name: "e", example: "" } as const, steps: [sends(drafted)] };
  await createWorkflow(scope, db, actor, { name: "Drafted", body });
  expect((await listSecretUses(scope, db)).get(drafted)).toMatchObject([{ by: "workflow", name: "Drafted", isLive: false, isDraft: true }]);
  await deleteSecret(scope, db, actor, { name: drafted });
});

test("deleted while a workflow that sends it is published: one of the two is refused", async () => {
  await live("https://api.example.com");
  for (let round = 0; round < 8; round++) {
    const name = await makeSecret();
    const remove = sleep(round * 4).then(() => deleteSecret(scope, db, actor, { name }));
    const ends = await Promise.allSettled([publish(sends(name)), remove]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  }
});

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql as chunk } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { settlePauses } from "#db/queries/workflow-needs.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { countAffected, deleteResource, restoreResource } from "#lib/resources/delete-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { createWorkflow } from "./create-workflow.ts";
import { publishWorkflow } from "./publish-workflow.ts";
import { saveWorkflowDraft } from "./save-workflow-draft.ts";
import type { Step } from "./schema.ts";
import { startRuns } from "./start-run.ts";
import { conditionStep, delayStep, requestStep } from "./testing.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const scope = { projectId: admin.projectId };

async function resource(name: string): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name });
  const { version } = (await findResource(scope, db, id))!.draft;
  const request = { baseUrl: "https://api.example.com", authentication: { kind: "none" } };
  const body = ResourceDraft.parse({ ...emptyDraft(), level: "user", authType: "api_key", apiKeys: [{ name: "key" }], request });
  await saveDraft(scope, db, actor, { resourceId: id, version, body, secrets: {} });
  await publishResource(scope, db, actor, { resourceId: id, allowsHttp: () => false });
  return id;
}
const bodyOf = (steps: Step[], name = "done") => ({ trigger: { type: "event", name, example: "" } as const, steps });
const publish = async (workflowId: string, version: number) => publishWorkflow(scope, db, actor, { workflowId, version });
async function workflow(name: string, steps: Step[]): Promise<string> {
  const { id } = await createWorkflow(scope, db, actor, { name, body: bodyOf(steps) });
  await publish(id, 1);
  return id;
}
const reasonOf = async (id: string) =>
  (await sql<{ reason: string | null }[]>`select paused_reason as reason from workflow where id = ${id}`)[0]!.reason;
const remove = (resourceId: string) => deleteResource(scope, db, actor, { resourceId });
const restore = (resourceId: string, name?: string) => restoreResource(scope, db, actor, { resourceId, name });

test("deleting a resource names and pauses the workflows that need it, and they go on when all they need is back", async () => {
  const [first, second] = [await resource("First"), await resource("Second")];
  const both = await workflow("Both", [conditionStep("{{trigger.a}}", "1", [requestStep(first, {})]), requestStep(second, {})]);
  const one = await workflow("One", [requestStep(second, {})]);
  const none = await workflow("None", [delayStep(1)]);
  expect(await countAffected(scope, db, second)).toEqual({ users: 0, workflows: ["Both", "One"] });

  await remove(first);
  expect([await reasonOf(both), await reasonOf(one), await reasonOf(none)]).toEqual([expect.stringContaining("“First”"), null, null]);
  await remove(second);
  expect(await reasonOf(both)).toContain("“First”, “Second”");
  const started = await db.transaction((tx) =>
    startRuns(tx, scope, { source: { type: "event", name: "done" }, userId: null, payload: {} }),
  );
  expect(await sql`select workflow_id as id from run where id = any(${started.runIds})`).toEqual([{ id: none }]);

  await resource("Second");
  await expect(restore(second)).rejects.toMatchObject({ code: "conflict" });
  await restore(second, "Second restored");
  expect([await reasonOf(both), await reasonOf(one)]).toEqual([expect.stringMatching(/“First” was/), null]);
  await restore(first);
  expect(await reasonOf(both)).toBeNull();
});

test("publishing without the resource lets a paused workflow go on", async () => {
  const gone = await resource("Gone");
  const id = await workflow("Mended", [requestStep(gone, {})]);
  await remove(gone);
  await saveWorkflowDraft(scope, db, actor, { workflowId: id, version: 1, body: bodyOf([delayStep(1)]) });
  await publish(id, 2);
  expect(await reasonOf(id)).toBeNull();
});

test("published while its resource is deleted, it is paused or refused, whichever comes first", async () => {
  for (let round = 0; round < 8; round++) {
    const raced = await resource(`Raced ${round}`);
    const { id } = await createWorkflow(scope, db, actor, { name: "Raced", body: bodyOf([requestStep(raced, {})]) });
    const [published] = await Promise.allSettled([publish(id, 1), sleep(round * 3).then(() => remove(raced))]);
    if (published.status === "fulfilled") expect(await reasonOf(id)).toContain(`“Raced ${round}”`);
    else expect(published.reason).toMatchObject({ code: "bad_input" });
  }
});

test("what is deleted while another resource comes back keeps their workflow paused, whoever is first", async () => {
  const [back, away] = [await resource("Comes back"), await resource("Goes away")];
  const id = await workflow("Between", [requestStep(back, {}), requestStep(away, {})]);
  await remove(back);
  let restored: Promise<void> | undefined;
  await db.transaction(async (tx) => {
    await tx.execute(chunk`update resource set deleted_at = now(), deleted_name = 'Goes away' where id = ${away}`);
    await settlePauses(scope, tx, { resourceId: away });
    restored = restore(back);
    await vi.waitFor(async () => expect(await sql`select 1 from pg_locks where not granted`).not.toEqual([]), { timeout: 5_000 });
  });
  await restored;
  expect(await reasonOf(id)).toMatch(/resource “Goes away” was/);
});

import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findWorkflow, findWorkflowVersion, listWorkflows, listWorkflowVersions } from "#db/queries/workflows.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { deleteWorkflow, renameWorkflow, undeleteWorkflow } from "./change-workflow.ts";
import { createWorkflow, duplicateWorkflow } from "./create-workflow.ts";
import { enableWorkflow } from "./enable-workflow.ts";
import { publishWorkflow, restoreWorkflowVersion } from "./publish-workflow.ts";
import { readWorkflowChanges } from "./read-workflow-changes.ts";
import { saveWorkflowDraft } from "./save-workflow-draft.ts";
import type { WorkflowDraft } from "./schema.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const scope = { projectId: admin.projectId };
const other = { projectId: (await createProject(db, actor, { name: "Other", adminId: admin.memberId })).id };

const waiting = (amount: number): WorkflowDraft => ({
  trigger: { type: "event", name: "task.completed", example: "" },
  steps: [{ id: randomUUID(), name: "wait", type: "delay", amount, unit: "minutes" }],
});
const create = async (body?: WorkflowDraft) => (await createWorkflow(scope, db, actor, { name: "Notify", body })).id;
const find = async (id: string) => (await findWorkflow(scope, db, id))!;
const save = async (workflowId: string, body: WorkflowDraft, version?: number) =>
  await saveWorkflowDraft(scope, db, actor, { workflowId, body, version: version ?? (await find(workflowId)).draft.version });
const publish = async (workflowId: string) =>
  publishWorkflow(scope, db, actor, { workflowId, version: (await find(workflowId)).draft.version });
const codeOf = async (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : `not an AppError: ${error}`),
  );
const audited = async (id: string) =>
  (await sql<{ action: string }[]>`select action from audit where subject = ${`workflow:${id}`} order by at, id`).map((row) => row.action);

describe("a draft", () => {
  test("saved on an older version changes nothing, and gets to see what stands there", async () => {
    const id = await create();
    const theirs = waiting(1);
    expect(await save(id, theirs, 1)).toMatchObject({ kind: "saved", version: 2 });
    expect(await save(id, waiting(2), 1)).toMatchObject({ kind: "conflict", version: 2, theirs });
    expect((await find(id)).draft.body).toEqual(theirs);
  });

  test("keeps what Postgres can’t hold as far as it can", async () => {
    const id = await create();
    const body: WorkflowDraft = { steps: [{ id: randomUUID(), name: "f", type: "function", code: "a\u0000b\ud800" }] };
    expect(await save(id, body)).toMatchObject({ kind: "saved" });
  });
});

describe("publishing", () => {
  test("makes versions that never change; the first is enabled at once, and a source finds it", async () => {
    const id = await create(waiting(1));
    expect(await publish(id)).toEqual({ number: 1 });
    await save(id, waiting(2));
    expect(await publish(id)).toEqual({ number: 2 });
    expect((await findWorkflowVersion(scope, db, id, 1))!.body.steps[0]).toMatchObject({ amount: 1 });
    expect((await listWorkflowVersions(scope, db, id)).map(({ number }) => number)).toEqual([2, 1]);
    const [row] = await sql`select live_version, is_enabled, trigger_type, trigger_key, next_run_at from workflow where id = ${id}`;
    expect(row).toEqual({ live_version: 2, is_enabled: true, trigger_type: "event", trigger_key: "task.completed", next_run_at: null });
  });

  test("of a schedule sets its next tick, and enabling or restoring it leaves out the ticks that were missed", async () => {
    const id = await create({ ...waiting(1), trigger: { type: "schedule", cron: "0 9 * * *", zone: "UTC" } });
    await publish(id);
    const next = async () => (await sql<{ at: Date }[]>`select next_run_at as at from workflow where id = ${id}`)[0]!.at;
    expect((await next()).getTime()).toBeGreaterThan(Date.now());
    await enableWorkflow(scope, db, actor, { workflowId: id, enabled: false });
    const missSome = () => sql`update workflow set next_run_at = now() - interval '3 days' where id = ${id}`;
    await missSome();
    await enableWorkflow(scope, db, actor, { workflowId: id, enabled: true });
    expect((await next()).getTime()).toBeGreaterThan(Date.now());
    await deleteWorkflow(scope, db, actor, { workflowId: id });
    await missSome();
    await undeleteWorkflow(scope, db, actor, { workflowId: id });
    expect((await next()).getTime()).toBeGreaterThan(Date.now());
  });

  test("is refused with the fields while something is missing, and on an older draft", async () => {
    const id = await create({ steps: [] });
    const refused = await publish(id).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "bad_input", details: { fields: { trigger: expect.anything(), steps: expect.anything() } } });
    await save(id, waiting(1));
    expect(await codeOf(publishWorkflow(scope, db, actor, { workflowId: id, version: 1 }))).toBe("conflict");
  });

  test("switched off stays off with the next version; what isn’t published can’t be switched", async () => {
    const id = await create(waiting(1));
    expect(await codeOf(enableWorkflow(scope, db, actor, { workflowId: id, enabled: true }))).toBe("not_found");
    await publish(id);
    await enableWorkflow(scope, db, actor, { workflowId: id, enabled: false });
    await publish(id);
    expect((await find(id)).isEnabled).toBe(false);
  });

  test("a restored version comes back into the draft alone", async () => {
    const id = await create(waiting(1));
    await publish(id);
    await save(id, waiting(2));
    await publish(id);
    await restoreWorkflowVersion(scope, db, actor, { workflowId: id, number: 1 });
    const found = await find(id);
    expect(found.draft.body.steps[0]).toMatchObject({ amount: 1 });
    expect(found.liveVersion).toBe(2);
    expect(await readWorkflowChanges(scope, db, { workflowId: id, from: 2, to: null })).not.toEqual([]);
    expect(await readWorkflowChanges(scope, db, { workflowId: id, from: 1, to: null })).toEqual([]);
    expect(await audited(id)).toEqual(["workflow.create", "workflow.publish", "workflow.publish", "workflow.restore-version"]);
  });
});

test("a deleted workflow is gone at once and comes back within 7 days", async () => {
  const id = await create(waiting(1));
  await renameWorkflow(scope, db, actor, { workflowId: id, name: "Renamed" });
  await deleteWorkflow(scope, db, actor, { workflowId: id });
  expect(await findWorkflow(scope, db, id)).toBeNull();
  expect((await listWorkflows(scope, db)).some((row) => row.id === id)).toBe(false);
  expect(await codeOf(save(id, waiting(2), 1))).toBe("not_found");
  await undeleteWorkflow(scope, db, actor, { workflowId: id });
  expect((await find(id)).name).toBe("Renamed");
  await deleteWorkflow(scope, db, actor, { workflowId: id });
  await sql`update workflow set deleted_at = now() - interval '8 days' where id = ${id}`;
  expect(await codeOf(undeleteWorkflow(scope, db, actor, { workflowId: id }))).toBe("not_found");
});

test("a duplicate is a draft of its own", async () => {
  const id = await create(waiting(1));
  await publish(id);
  const copy = await find((await duplicateWorkflow(scope, db, actor, { workflowId: id })).id);
  expect(copy).toMatchObject({ name: "Notify copy", liveVersion: null, isEnabled: false });
  expect(copy.draft.body).toEqual((await find(id)).draft.body);
});

test("another project’s workflow is one that doesn’t exist", async () => {
  const id = await create(waiting(1));
  await publish(id);
  const ofThem = { workflowId: id };
  const acts = [
    saveWorkflowDraft(other, db, actor, { ...ofThem, version: 1, body: waiting(9) }),
    publishWorkflow(other, db, actor, { ...ofThem, version: 1 }),
    restoreWorkflowVersion(other, db, actor, { ...ofThem, number: 1 }),
    enableWorkflow(other, db, actor, { ...ofThem, enabled: false }),
    renameWorkflow(other, db, actor, { ...ofThem, name: "Mine" }),
    deleteWorkflow(other, db, actor, ofThem),
    undeleteWorkflow(other, db, actor, ofThem),
    duplicateWorkflow(other, db, actor, ofThem),
    readWorkflowChanges(other, db, { ...ofThem, from: null, to: 1 }),
  ];
  expect(await Promise.all(acts.map(codeOf))).toEqual(acts.map(() => "not_found"));
  expect(await find(id)).toMatchObject({ name: "Notify", isEnabled: true, draft: { version: 1 } });
  expect(await listWorkflowVersions(other, db, id)).toEqual([]);
});

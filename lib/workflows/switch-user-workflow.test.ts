import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { listLiveWorkflows } from "#db/queries/workflow-doors.ts";
import { listUserWorkflows, readWorkflowSwitches } from "#db/queries/workflow-switches.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { deleteUser } from "#lib/users/delete-user.ts";
import { createWorkflow } from "./create-workflow.ts";
import { publishWorkflow } from "./publish-workflow.ts";
import { setWorkflowDefault } from "./set-workflow-default.ts";
import { startRuns } from "./start-run.ts";
import { switchForUser } from "./switch-for-user.ts";
import { switchUserWorkflow } from "./switch-user-workflow.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const scope = { projectId: admin.projectId };
const other = { projectId: (await createProject(db, actor, { name: "Other", adminId: admin.memberId })).id };

const makeUser = async (): Promise<{ id: string; externalId: string }> => {
  const [user] = await sql<{ id: string; externalId: string }[]>`
    insert into connected_user (project_id, external_id) values (${scope.projectId}, ${randomUUID()}) returning id, external_id as "externalId"`;
  return user!;
};
const makeLive = async (event = randomUUID()) => {
  const body = {
    trigger: { type: "event", name: event, example: "" },
    steps: [{ id: randomUUID(), name: "wait", type: "delay", amount: 1, unit: "minutes" }],
  } as const;
  const { id } = await createWorkflow(scope, db, actor, { name: "Notify", body: { trigger: body.trigger, steps: [...body.steps] } });
  await publishWorkflow(scope, db, actor, { workflowId: id, version: 1 });
  return { id, event };
};
const startsFor = async (event: string, userId: string | null) =>
  (await db.transaction((tx) => startRuns(tx, scope, { source: { type: "event", name: event }, userId, payload: {} }))).runIds.length;
const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : `not an AppError: ${error}`),
  );

test("by default it starts for everyone; off, only for those it is switched on for, and for runs that are nobody's", async () => {
  const { id, event } = await makeLive();
  const [ada, ben] = [await makeUser(), await makeUser()];
  expect([await startsFor(event, ada.id), await startsFor(event, ben.id)]).toEqual([1, 1]);
  await setWorkflowDefault(scope, db, actor, { workflowId: id, isOn: false });
  await switchUserWorkflow(scope, db, actor, { workflowId: id, userId: ada.id, enabled: true });
  expect([await startsFor(event, ada.id), await startsFor(event, ben.id), await startsFor(event, null)]).toEqual([1, 0, 1]);
  expect(await listLiveWorkflows(scope, sql, ben.id)).toContainEqual({ id, name: "Notify", enabled: false });
  await switchUserWorkflow(scope, db, actor, { workflowId: id, userId: ada.id, enabled: null });
  expect(await startsFor(event, ada.id), "given back to the default").toBe(0);
});

test("a member's switch and the app's are the same one: the last counts", async () => {
  const { id, event } = await makeLive();
  const user = await makeUser();
  await switchUserWorkflow(scope, db, actor, { workflowId: id, userId: user.id, enabled: false });
  expect(await startsFor(event, user.id)).toBe(0);
  await switchForUser(scope, sql, { workflowId: id, externalId: user.externalId, enabled: true });
  expect(await startsFor(event, user.id)).toBe(1);
  expect(await readWorkflowSwitches(scope, sql, id)).toMatchObject({ on: 1, off: 0, newest: [{ userId: user.id, enabled: true }] });
  const [row] = (await listUserWorkflows(scope, sql, user.id)).filter((each) => each.id === id);
  expect(row).toMatchObject({ own: true, isOnByDefault: true, lastRun: { status: "queued" } });
  const audited = await sql`select detail from audit where action = 'workflow.switch-user' and subject = ${`workflow:${id}`}`;
  expect(audited).toMatchObject([{ detail: { user: user.externalId, enabled: false } }]);
});

test("another project's workflow or user, a draft and a deleted user are refused, and nothing is written", async () => {
  const { id } = await makeLive();
  const user = await makeUser();
  const draft = (await createWorkflow(scope, db, actor, { name: "Draft" })).id;
  expect(await codeOf(switchUserWorkflow(other, db, actor, { workflowId: id, userId: user.id, enabled: true }))).toBe("not_found");
  expect(await codeOf(switchUserWorkflow(scope, db, actor, { workflowId: draft, userId: user.id, enabled: true }))).toBe("not_found");
  expect(await codeOf(switchUserWorkflow(scope, db, actor, { workflowId: id, userId: randomUUID(), enabled: true }))).toBe("not_found");
  expect(await codeOf(setWorkflowDefault(other, db, actor, { workflowId: id, isOn: false }))).toBe("not_found");
  expect(await sql`select * from workflow_enablement where workflow_id = ${id}`).toEqual([]);
  await switchUserWorkflow(scope, db, actor, { workflowId: id, userId: user.id, enabled: false });
  await deleteUser(scope, db, actor, { userId: user.id, cause: "Test." });
  expect(await sql`select * from workflow_enablement where user_id = ${user.id}`, "goes with the user").toEqual([]);
});

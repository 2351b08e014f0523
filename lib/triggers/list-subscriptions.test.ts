import { expect, test } from "vitest";
import { listSubscriptions } from "#db/queries/triggers.ts";
import { tasklabDraft, testApi } from "#server/api/testing.ts";
import { createTrigger } from "./create-trigger.ts";

const { db, sql, scope, actor, publish, tasklab } = await testApi();
const resourceId = await publish("TaskLab", tasklabDraft.apiKey(tasklab.url));
const { id: triggerId } = await createTrigger(scope, db, actor, { resourceId, name: "Task completed" });
const { projectId } = scope;

/** One row as the chore leaves it. */
async function row(externalId: string, name: string | null, more: { state: string; wanted?: boolean; tried?: boolean }) {
  const [user] =
    await sql`insert into connected_user (project_id, external_id, name) values (${projectId}, ${externalId}, ${name}) returning id`;
  await sql`
    insert into trigger_subscription (project_id, trigger_id, user_id, token_digest, ciphertext, key_id, state, wanted, last_try_at, created_at)
    values (${projectId}, ${triggerId}, ${user!.id}, ${Buffer.from(externalId)}, ${Buffer.from("x")}, 'k', ${more.state}, ${more.wanted ?? true},
      ${more.tried === false ? null : sql`now()`}, clock_timestamp())`;
  return user!.id as string;
}

test("each user's part is found by state and by how the user begins, a page at a time", async () => {
  const ada = await row("usr_1", "Ada", { state: "active" });
  await row("usr_2", null, { state: "stuck" });
  await row("usr_3", "Cleo", { state: "idle", wanted: true, tried: false });
  await row("usr_4", "Dora", { state: "idle", wanted: false });
  await row("usr_5", "Eve", { state: "idle", wanted: false, tried: false });
  const names = async (filter: object) =>
    (await listSubscriptions(scope, sql, { triggerId, ...filter })).rows.map(({ externalId, state }) => `${externalId} ${state}`);

  expect(await names({}), "newest first; a URL that was only looked at isn't one").toEqual([
    "usr_4 idle",
    "usr_3 creating",
    "usr_2 stuck",
    "usr_1 active",
  ]);
  expect(await names({ state: "creating" })).toEqual(["usr_3 creating"]);
  expect(await names({ state: "idle" })).toEqual(["usr_4 idle"]);
  expect(await names({ q: "aD" })).toEqual(["usr_1 active"]);
  expect(await names({ q: "%" })).toEqual([]);

  const first = await listSubscriptions(scope, sql, { triggerId }, { limit: 3 });
  expect(first.rows).toHaveLength(3);
  expect((await listSubscriptions(scope, sql, { triggerId }, { limit: 3, after: first.next })).rows).toMatchObject([
    { externalId: "usr_1" },
  ]);

  const workflow = async (name: string, isEnabled: boolean) =>
    (
      await sql<{ id: string }[]>`
        insert into workflow (project_id, name, live_version, is_enabled, trigger_type, trigger_key)
        values (${projectId}, ${name}, 1, ${isEnabled}, 'resource', ${triggerId}) returning id`
    )[0]!.id;
  await workflow("On", true);
  await workflow("Off", false);
  const notForAda = await workflow("Not for Ada", true);
  await sql`insert into workflow_enablement (project_id, workflow_id, user_id, enabled) values (${projectId}, ${notForAda}, ${ada}, false)`;
  const wantedBy = new Map(
    (await listSubscriptions(scope, sql, { triggerId })).rows.map(({ externalId, workflows }) => [externalId, workflows]),
  );
  expect(wantedBy.get("usr_1")).toEqual(["On"]);
  expect(wantedBy.get("usr_2")).toEqual(["Not for Ada", "On"]);
});

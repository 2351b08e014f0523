import { expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { tasklabDraft, testApi } from "../../server/api/testing.ts";
import { previewAs } from "./preview-as.ts";

const { publish, connect, tasklab, db, sql, scope, actor, signer, secondProject } = await testApi();
const resourceId = await publish("TaskLab keys", tasklabDraft.apiKey(tasklab.url));
await connect(resourceId, { tenant: "northgate", username: "ada", password: "lovelace-1843" }, signer.sign({ sub: "user-ada" }));
await sql`insert into connected_user (project_id, external_id, metadata) values (${scope.projectId}, 'user-new', '{"plan": "pro"}')`;
const as = (text: string) => previewAs(scope, { db, sql }, { resourceId, text });

test("users are found by what an id begins with; the one that is named comes with what isn't secret", async () => {
  expect((await as("user-")).found.map(({ id }) => id).sort()).toEqual(["user-ada", "user-new"]);
  expect((await as("user-")).chosen).toBeNull();
  const { chosen } = await as("user-ada");
  expect(chosen).toMatchObject({
    id: "user-ada",
    isConnected: true,
    plain: { tenant: "northgate", username: "ada" },
    profile: { id: "ada" },
    isProfileStale: false,
  });
  await sql`update credential set profile_failing_since = now()`;
  expect((await as("user-ada")).chosen).toMatchObject({ profile: { id: "ada" }, isProfileStale: true });
  expect(await as("user-new")).toMatchObject({ chosen: { plain: {}, metadata: { plan: "pro" }, profile: null, isConnected: false } });
});

test("a draft that switches Secret off reads no more of anybody", async () => {
  const { version, body } = (await findResource(scope, db, resourceId))!.draft;
  const open = { ...body, apiKeys: body.apiKeys.map((key) => ({ ...key, secret: false })) };
  await saveDraft(scope, db, actor, { resourceId, version, body: open, secrets: {} });
  expect(JSON.stringify(await as("user-ada"))).not.toContain("lovelace");
});

test("another project's users aren't found, nor its resources", async () => {
  const other = await secondProject();
  expect(await previewAs(other, { db, sql }, { resourceId, text: "user-ada" })).toEqual({ found: [], chosen: null });
});

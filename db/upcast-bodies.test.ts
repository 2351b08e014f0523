import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { findResource, findRevision, listResources } from "#db/queries/resources.ts";
import { findEndpoint } from "#db/queries/webhook-endpoints.ts";
import { findWorkflow } from "#db/queries/workflows.ts";
import { testMembers } from "#lib/projects/testing.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { createTrigger } from "#lib/triggers/create-trigger.ts";
import { createWorkflow } from "#lib/workflows/create-workflow.ts";
import { loadVersion } from "#lib/workflows/load-version.ts";
import { bodyVersion, UPCASTERS, type Upcaster } from "./bodies.ts";
import { upcastBodies } from "./upcast-bodies.ts";

process.env.PATCHBAY_KEYS ??= `k1:${randomBytes(32).toString("base64")}`;
const { db, sql, makeProject } = await testMembers();
const { scope, actor } = await makeProject();

/** Made up: once upon a time the base was called so, and stood elsewhere. */
const renamedBase: Upcaster = ({ baseAddress, ...body }) => ({ ...body, request: { ...(body.request as object), baseUrl: baseAddress } });
const upcasters = UPCASTERS as Record<string, Upcaster[]>;
afterEach(() => {
  for (const list of Object.values(upcasters)) list.length = 0;
});

async function live(name: string): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name });
  const body = ResourceDraft.parse({
    level: "user",
    authType: "api_key",
    apiKeys: [{ name: "key" }],
    request: { baseUrl: "https://api.example/v1" },
  });
  await saveDraft(scope, db, actor, { resourceId: id, version: 1, body, secrets: {} });
  await publishResource(scope, db, actor, { resourceId: id, allowsHttp: () => false });
  return id;
}

test("bodies of an older version are read in today's shape, revisions and what SQL looks for in them too", async () => {
  const id = await live("Old");
  const before = (await findResource(scope, db, id))!;
  for (const table of ["resource_draft", "resource_revision"])
    await sql`update ${sql(table)} set body = (body #- '{request,baseUrl}') || jsonb_build_object('baseAddress', body->'request'->'baseUrl') where resource_id = ${id}`;
  upcasters.resource!.push(renamedBase);
  expect(bodyVersion("resource")).toBe(2);

  await Promise.all([upcastBodies(sql), upcastBodies(sql)]);
  const after = (await findResource(scope, db, id))!;
  expect(after).toEqual({ ...before, draft: { ...before.draft, schemaVersion: 2 } });
  expect((await loadRevision(scope, sql, id, 1)).request.baseUrl).toBe("https://api.example/v1");
  expect((await findRevision(scope, db, id, 1))!.body.request.baseUrl).toBe("https://api.example/v1");
  expect((await listResources(scope, db)).find((row) => row.id === id)!.baseUrl).toBe("https://api.example/v1");
  await upcastBodies(sql);
  expect((await findResource(scope, db, id))!.draft.body, "once").toEqual(before.draft.body);
  // What is saved from now on is of the new version.
  await saveDraft(scope, db, actor, { resourceId: id, version: after.draft.version, body: after.draft.body, secrets: {} });
  expect(await sql`select schema_version as n from resource_draft where resource_id = ${id}`).toEqual([{ n: 2 }]);
  await sql`update resource_draft set schema_version = 1`;
  await sql`update resource_revision set schema_version = 1`;
});

test("a body passes through every version from its own on, a trigger's draft as well as what holds", async () => {
  const resourceId = await live("Hooked");
  const { id } = await createTrigger(scope, db, actor, { resourceId, name: "T" });
  await sql`update trigger set draft = body, schema_version = 2 where id = ${id}`;
  const add =
    (name: string): Upcaster =>
    (body) => ({ ...body, seen: [...((body.seen as string[]) ?? []), name] });
  upcasters.trigger!.push(add("1 to 2"), add("2 to 3"), add("3 to 4"));
  await upcastBodies(sql);
  const [row] = await sql`select body->'seen' as body, draft->'seen' as draft, schema_version as version from trigger where id = ${id}`;
  expect(row).toEqual({ body: ["2 to 3", "3 to 4"], draft: ["2 to 3", "3 to 4"], version: 4 });
  await sql`delete from trigger where id = ${id}`;
});

test("one that fails leaves everything as it was", async () => {
  await live("Whole");
  const before = await sql`select schema_version, body from resource_draft order by resource_id`;
  upcasters.resource!.push((body) => ({ ...body, level: "app" }));
  upcasters.workflow!.push(() => {
    throw new Error("no");
  });
  await createWorkflow(scope, db, actor, { name: "W" });
  await sql`update workflow_draft set schema_version = 1`;
  await expect(upcastBodies(sql)).rejects.toThrow("no");
  expect(await sql`select schema_version, body from resource_draft order by resource_id`).toEqual(before);
});

test("what a newer Patchbay wrote is refused with a sentence: by a start, by calls, runs, webhooks and the editors", async () => {
  const id = await live("New");
  const { id: workflowId } = await createWorkflow(scope, db, actor, { name: "Newer" });
  await sql`insert into workflow_version (project_id, workflow_id, number, schema_version, body) values (${scope.projectId}, ${workflowId}, 1, 2, '{}')`;
  const { id: triggerId } = await createTrigger(scope, db, actor, { resourceId: id, name: "T" });
  await sql`update resource_draft set schema_version = 2 where resource_id = ${id}`;
  await sql`update resource_revision set schema_version = 2 where resource_id = ${id}`;
  await sql`update workflow_draft set schema_version = 2 where workflow_id = ${workflowId}`;
  await sql`update trigger set schema_version = 2 where id = ${triggerId}`;
  const [hook] = await sql<{ digest: Uint8Array }[]>`select token_digest as digest from trigger where id = ${triggerId}`;

  const sentence =
    /^This resource was saved by a newer Patchbay: its format is 2, and this version reads up to 1\. Run the newer version\.$/;
  await expect(upcastBodies(sql)).rejects.toThrow(sentence);
  await expect(findResource(scope, db, id)).rejects.toThrow(sentence);
  await expect(findRevision(scope, db, id, 1)).rejects.toThrow(sentence);
  await expect(loadRevision(scope, sql, id, 1)).rejects.toThrow(sentence);
  await expect(findWorkflow(scope, db, workflowId)).rejects.toThrow(/^This workflow was saved by a newer/);
  await expect(loadVersion(scope, sql, workflowId, 1)).rejects.toThrow(/^This workflow was saved by a newer/);
  await expect(findEndpoint(sql, hook!.digest)).rejects.toThrow(/^This trigger was saved by a newer/);
});

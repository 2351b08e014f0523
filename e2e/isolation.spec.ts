import type { APIRequestContext, APIResponse } from "@playwright/test";
import { expect, test } from "./fixtures/app.ts";
import { digestQuietTables, digestTables, openDatabase } from "./fixtures/database.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { callAction, listActions } from "./fixtures/run-action.ts";

/*
 * Every page and every server action, asked for by everybody: nobody, a member of another project, a viewer, an editor. Actions are
 * found in the build itself, so one that isn't in the table below makes this test fail.
 */

/** `any admin`: of whichever project. */
type Least = "anyone" | "signed-in" | "any admin" | "viewer" | "editor" | "admin";

/** Who may run which action, by its exported name. */
const ACTIONS: Record<string, Least> = {
  signInAction: "anyone",
  singleSignOnAction: "anyone",
  setUpAction: "anyone",
  joinAsNewAction: "anyone",
  joinBySingleSignOnAction: "anyone",
  signOutAction: "anyone",
  signOutEverywhereAction: "signed-in",
  joinAction: "signed-in",
  changeNameAction: "signed-in",
  changePasswordAction: "signed-in",
  createProjectAction: "any admin",
  checkNameAction: "editor",
  createResourceAction: "editor",
  renameResourceAction: "editor",
  duplicateResourceAction: "editor",
  saveSetupAction: "editor",
  duplicateSetupAction: "editor",
  listResourceNamesAction: "viewer",
  countAttentionAction: "viewer",
  readExamplesAction: "viewer",
  readAnswersAction: "viewer",
  readKeptAction: "editor",
  previewAsAction: "editor",
  clearTestAction: "editor",
  removeAliasAction: "editor",
  restoreRevisionAction: "editor",
  saveAppearanceAction: "editor",
  refreshCredentialAction: "editor",
  verifyCredentialAction: "editor",
  disconnectCredentialAction: "editor",
  startBulkAction: "editor",
  stopBulkAction: "editor",
  readBulkAction: "viewer",
  readTimelineAction: "viewer",
  deleteUserAction: "admin",
  deleteUsersAction: "admin",
  searchActivityAction: "viewer",
  readActivityAction: "viewer",
  createWorkflowAction: "editor",
  renameWorkflowAction: "editor",
  duplicateWorkflowAction: "editor",
  deleteWorkflowAction: "admin",
  undeleteWorkflowAction: "admin",
  restoreWorkflowAction: "admin",
  saveWorkflowAction: "editor",
  publishWorkflowAction: "admin",
  readWorkflowChangesAction: "viewer",
  readVersionsAction: "viewer",
  restoreVersionAction: "editor",
  enableWorkflowAction: "editor",
  setWorkflowDefaultAction: "editor",
  readWorkflowSwitchesAction: "viewer",
  switchUserWorkflowAction: "editor",
  renameOpenWorkflowAction: "editor",
  duplicateOpenWorkflowAction: "editor",
  deleteOpenWorkflowAction: "admin",
  undeleteOpenWorkflowAction: "admin",
  searchRunsAction: "viewer",
  readRunsAction: "viewer",
  readRunAction: "viewer",
  countFailedRunsAction: "viewer",
  readReplayAction: "viewer",
  cancelRunAction: "editor",
  replayRunAction: "editor",
  replayRunsAction: "editor",
  stopReplayAction: "editor",
  createTriggerAction: "editor",
  saveTriggerAction: "editor",
  finishTriggerAction: "admin",
  discardTriggerDraftAction: "editor",
  addTriggerSecretAction: "admin",
  removeTriggerSecretAction: "admin",
  searchSubscriptionsAction: "viewer",
  retrySubscriptionAction: "editor",
  makeUserUrlAction: "editor",
  listenTriggerAction: "viewer",
  deleteTriggerAction: "admin",
  readDeliveryAction: "viewer",
  searchDeliveriesAction: "viewer",
  diagnoseDeliveryAction: "editor",
  applyDiagnosisAction: "admin",
  releaseDeliveriesAction: "editor",
  mapDeliveriesAction: "editor",
  replayDeliveriesAction: "editor",
  publishSetupAction: "admin",
  deleteDraftAction: "admin",
  restoreDraftAction: "admin",
  deleteResourceAction: "admin",
  restoreResourceAction: "admin",
  renameProjectAction: "admin",
  deleteProjectAction: "admin",
  inviteAction: "admin",
  revokeInvitationAction: "admin",
  changeRoleAction: "admin",
  removeMemberAction: "admin",
  addKeyAction: "admin",
  addTestKeyAction: "admin",
  revokeKeyAction: "admin",
  setRequireAudienceAction: "admin",
  createSecretAction: "admin",
  changeSecretAction: "admin",
  deleteSecretAction: "admin",
};

const isOfNoProject = (least: Least): boolean => least === "signed-in" || least === "any admin";

test("nobody gets past a page or an action that isn't theirs, and a refusal changes nothing", async ({
  app,
  signedInPage: admin,
  browser,
}) => {
  test.setTimeout(180_000);
  const sql = openDatabase(app.databaseUrl);
  const [own] = await sql<{ id: string }[]>`select id from project order by created_at limit 1`;
  const [actor] = await sql<{ id: string }[]>`select id from member order by created_at limit 1`;
  const [other] = await sql<{ id: string }[]>`insert into project (name) values ('Elsewhere') returning id`;
  await sql`insert into project_member (project_id, member_id, role) values (${other!.id}, ${actor!.id}, 'admin')`;
  const [resource] = await sql<{ id: string }[]>`insert into resource (project_id) values (${own!.id}) returning id`;
  await sql`insert into resource_name (project_id, name_key, name, resource_id, is_current) values (${own!.id}, 'isolated', 'Isolated', ${resource!.id}, true)`;
  await sql`insert into resource_draft (project_id, resource_id, schema_version, body) values (${own!.id}, ${resource!.id}, 1, '{"inputs":[],"apiKeys":[]}')`;

  const [trigger] = await sql<{ id: string }[]>`
    insert into trigger (project_id, resource_id, name, name_key, schema_version, body, token_digest, ciphertext, key_id)
    values (${own!.id}, ${resource!.id}, 'Isolated', 'isolated', 1, '{}', 'x', 'x', 'x') returning id`;
  const [workflow] = await sql<{ id: string }[]>`insert into workflow (project_id, name) values (${own!.id}, 'Isolated') returning id`;
  await sql`insert into workflow_draft (project_id, workflow_id, schema_version, body) values (${own!.id}, ${workflow!.id}, 1, '{"steps":[]}')`;
  const [user] = await sql<
    { id: string }[]
  >`insert into connected_user (project_id, external_id) values (${own!.id}, 'isolated') returning id`;

  const { request: viewer } = await inviteMember(admin, browser, app, own!.id, { role: "Viewer", email: "viewer@example.com" });
  const { request: editor } = await inviteMember(admin, browser, app, own!.id, { role: "Editor", email: "editor@example.com" });
  const { request: outsider } = await inviteMember(admin, browser, app, other!.id, { role: "Admin", email: "outsider@example.com" });
  const nobody = (await browser.newContext()).request;
  const actions = listActions({ projectId: own!.id, resourceId: resource!.id });
  expect(
    actions.map(({ name }) => name).filter((name) => !(name in ACTIONS)),
    "actions that nobody said who may run",
  ).toEqual([]);

  const before = await digestQuietTables(sql);
  const input = { projectId: own!.id, resourceId: resource!.id };
  for (const action of actions) {
    const least = ACTIONS[action.name]!;
    if (least === "anyone") continue;
    const refusedTo = {
      nobody,
      ...(isOfNoProject(least) ? {} : { outsider }),
      ...(least === "editor" || least === "admin" || least === "any admin" ? { viewer } : {}),
      ...(least === "admin" || least === "any admin" ? { editor } : {}),
    };
    for (const [who, request] of Object.entries(refusedTo)) {
      const { result, text } = await callAction(request, app, action, input);
      expect(result?.ok, `${action.name} as ${who}: ${text.slice(0, 300)}`).toBe(false);
      const expected = { nobody: "unauthenticated", outsider: "not_found", viewer: "forbidden", editor: "forbidden" }[who];
      expect(result?.error?.code, `${action.name} as ${who}`).toBe(expected);
    }
    if (!isOfNoProject(least)) {
      const foreign = await callAction(outsider, app, action, input);
      const unknown = await callAction(outsider, app, action, { ...input, projectId: crypto.randomUUID() });
      expect(foreign.result?.error?.message, `${action.name}: not yours reads like not there`).toBe(unknown.result?.error?.message);
    }
    const withoutOrigin = await callAction(admin.request, app, action, input, {});
    expect(withoutOrigin.result?.ok ?? false, `${action.name} without Origin`).toBe(false);
    const crossSite = await callAction(admin.request, app, action, input, {
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
    });
    expect(crossSite.result?.ok ?? false, `${action.name} from another origin`).toBe(false);
  }

  const testStep = (request: APIRequestContext, projectId: string, headers: Record<string, string> = { origin: app.web }) =>
    request.post(`${app.web}/projects/${projectId}/workflows/${crypto.randomUUID()}/test-step`, {
      headers,
      data: { stepId: crypto.randomUUID(), confirmed: true },
      maxRedirects: 0,
    });
  const refusal = async (response: APIResponse) => (await response.json()).error as { code: string; message: string };
  expect((await refusal(await testStep(viewer, own!.id))).code).toBe("forbidden");
  expect((await refusal(await testStep(outsider, own!.id))).code).toBe("not_found");
  expect((await refusal(await testStep(nobody, own!.id))).code).toBe("unauthenticated");
  expect((await refusal(await testStep(admin.request, own!.id, { origin: "https://evil.example" }))).code).toBe("forbidden");
  for (const call of ["test", "drill", "find-combination"]) {
    const send = (request: APIRequestContext, projectId: string, headers: Record<string, string> = { origin: app.web }) =>
      request.post(`${app.web}/projects/${projectId}/resources/${resource!.id}/setup/${call}`, {
        headers,
        data: { values: {}, consents: true },
        maxRedirects: 0,
      });
    expect((await refusal(await send(viewer, own!.id))).code, `${call} as viewer`).toBe("forbidden");
    expect((await refusal(await send(admin.request, own!.id, { origin: "https://evil.example" }))).code).toBe("forbidden");
    expect((await refusal(await send(admin.request, own!.id, {}))).code, `${call} without Origin`).toBe("forbidden");
    const [foreign, unknown] = [await send(outsider, own!.id), await send(outsider, crypto.randomUUID())];
    expect({ ...(await refusal(foreign)), requestId: 0 }).toEqual({ ...(await refusal(unknown)), requestId: 0 });
    expect((await refusal(foreign)).code, `${call} as an outsider`).toBe("not_found");
    expect((await refusal(await send(nobody, own!.id))).code, `${call} as nobody`).toBe("unauthenticated");
  }

  const offersProject = async (request: APIRequestContext) =>
    (await (await request.get(`${app.web}/projects`)).text()).includes("Create project");
  expect([await offersProject(admin.request), await offersProject(outsider)]).toEqual([true, true]);
  expect([await offersProject(viewer), await offersProject(editor)]).toEqual([false, false]);

  const pages = [
    "overview",
    "resources",
    "resources?new=1",
    `resources/${resource!.id}`,
    `resources/${resource!.id}/code`,
    `resources/${resource!.id}/revisions`,
    `resources/${resource!.id}/triggers`,
    `resources/${resource!.id}/setup`,
    `resources/${resource!.id}/setup/api-info`,
    `triggers/${trigger!.id}`,
    `triggers/${trigger!.id}/users`,
    `triggers/${trigger!.id}/deliveries`,
    `triggers/${trigger!.id}/setup`,
    `triggers/${trigger!.id}/setup/basics`,
    `triggers/${trigger!.id}/setup/verification`,
    "workflows",
    `workflows/${workflow!.id}`,
    "workflows/runs",
    "users",
    "users?status=invalid",
    `users/${user!.id}`,
    `resources/${resource!.id}/users`,
    "settings/general",
    "settings/members",
    "settings/sdk-setup",
    "settings/secrets",
  ];
  const body = async (request: APIRequestContext, url: string) => {
    const response = await request.get(`${app.web}${url}`, { maxRedirects: 0 });
    return { status: response.status(), location: response.headers().location };
  };
  for (const page of pages) {
    const mine = `/projects/${own!.id}/${page}`;
    expect((await body(nobody, mine)).location, `${page} as nobody`).toContain("/sign-in");
    expect((await body(outsider, mine)).status, `${page} as an outsider`).toBe(404);
    expect((await body(outsider, `/projects/${crypto.randomUUID()}/${page}`)).status).toBe(404);
    expect((await body(admin.request, `/projects/not-a-uuid/${page}`)).status).toBe(404);
  }
  const foreignResource = await admin.request.get(`${app.web}/projects/${other!.id}/resources/${resource!.id}`);
  expect(foreignResource.status(), "another project's resource under one's own project").toBe(404);

  for (const page of ["", "/deliveries", "/users", "/setup/basics"]) {
    const foreignTrigger = await admin.request.get(`${app.web}/projects/${other!.id}/triggers/${trigger!.id}${page}`);
    expect(foreignTrigger.status(), `another project's trigger${page} under one's own project`).toBe(404);
  }
  const foreignUser = await admin.request.get(`${app.web}/projects/${other!.id}/users/${user!.id}`);
  expect(foreignUser.status(), "another project's user under one's own project").toBe(404);

  expect(await digestTables(sql)).toEqual(before);
  await sql`delete from connected_user where id = ${user!.id}`;
  await sql`delete from resource where id = ${resource!.id}`;
  await sql`delete from project where id = ${other!.id}`;
  await sql.end();
});

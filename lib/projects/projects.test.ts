import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { findSession, findSessionInProject, hasPassword, listInvitations, listMembers, mayCreateProjects } from "#db/queries/members.ts";
import { countProjectContents, listProjects } from "#db/queries/projects.ts";
import { changeRole, removeMember } from "./change-membership.ts";
import { deleteProject, renameProject } from "./change-project.ts";
import { checkLogin } from "./check-login.ts";
import { createFirstAdmin } from "./create-first-admin.ts";
import {
  acceptInvitation,
  acceptInvitationAsNew,
  acceptInvitationBySingleSignOn,
  createInvitation,
  readInvitation,
  revokeInvitation,
} from "./invite-member.ts";
import { createSetupLink, finishSetup, isSetupToken } from "./setup-link.ts";
import { startSession } from "./start-session.ts";
import { actorOf, PASSWORD, testMembers, tokenOf } from "./testing.ts";

const { db, sql: raw, passwordHash, makeMember, makeProject, addMember, actions } = await testMembers();

describe("the last admin", () => {
  test("can be neither removed nor demoted, by themselves or anyone", async () => {
    const { scope, actor, admin } = await makeProject();
    const refused = { code: "conflict", message: expect.stringContaining("only admin") };
    await expect(removeMember(scope, db, actor, { memberId: admin.id })).rejects.toMatchObject(refused);
    await expect(changeRole(scope, db, actor, { memberId: admin.id, role: "viewer" })).rejects.toMatchObject(refused);
    expect(await listMembers(scope, db)).toMatchObject([{ id: admin.id, role: "admin" }]);
  });

  test("stays when two admins remove each other at once", async () => {
    for (let n = 0; n < 5; n++) {
      const project = await makeProject();
      const other = await addMember(project, "admin");
      await Promise.allSettled([
        removeMember(project.scope, db, project.actor, { memberId: other.id }),
        removeMember(project.scope, db, actorOf(other), { memberId: project.admin.id }),
      ]);
      expect(await listMembers(project.scope, db)).toHaveLength(1);
    }
  });

  test("may go once there is another", async () => {
    const project = await makeProject();
    const other = await addMember(project, "editor");
    await changeRole(project.scope, db, project.actor, { memberId: other.id, role: "admin" });
    await removeMember(project.scope, db, actorOf(other), { memberId: project.admin.id });
    expect(await listMembers(project.scope, db)).toMatchObject([{ id: other.id, role: "admin" }]);
  });
});

describe("projects are made by", () => {
  const may = (member: { id: string }) => mayCreateProjects(db, member.id);

  test("an admin of one, also of one that was deleted; not by editors, viewers, and those who were removed", async () => {
    const first = await makeProject();
    const project = await makeProject();
    const [editor, viewer, admin] = [
      await addMember(project, "editor"),
      await addMember(project, "viewer"),
      await addMember(project, "admin"),
    ];
    expect(await Promise.all([project.admin, admin, editor, viewer].map(may))).toEqual([true, true, false, false]);
    await changeRole(project.scope, db, project.actor, { memberId: editor.id, role: "admin" });
    await removeMember(project.scope, db, project.actor, { memberId: admin.id });
    expect(await Promise.all([editor, admin].map(may))).toEqual([true, false]);
    const [{ name } = { name: "" }] = await listProjects(db, project.admin.id);
    await deleteProject(project.scope, db, project.actor, { typedName: name });
    expect(await Promise.all([project.admin, editor, viewer].map(may))).toEqual([true, true, false]);
    expect(await may(first.admin)).toBe(true);
  });

  test("who did the first setup, whatever became of their projects", async () => {
    const [oldest] = await raw<{ id: string }[]>`select id from member order by created_at, id limit 1`;
    await raw`delete from project_member where member_id = ${oldest!.id}`;
    expect(await may(oldest!)).toBe(true);
  });
});

describe("an invitation", () => {
  const guest = () => ({ name: "Joon", email: `joon-${randomUUID()}@corvid.example`, password: PASSWORD });
  const closed = { code: "not_found" };

  test("makes one member: used twice, or twice at once, it is refused", async () => {
    const { scope, actor } = await makeProject();
    const { path } = await createInvitation(scope, db, actor, { role: "editor", email: null });
    const results = await Promise.allSettled([1, 2, 3].map(() => acceptInvitationAsNew(db, tokenOf(path), guest())));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    await expect(acceptInvitationAsNew(db, tokenOf(path), guest())).rejects.toMatchObject(closed);
    await expect(acceptInvitation(db, tokenOf(path), await makeMember())).rejects.toMatchObject(closed);
    expect(await listMembers(scope, db)).toHaveLength(2);
    expect(await listInvitations(scope, db)).toHaveLength(0);
  });

  test("is refused when it was taken back, is too old, or its project is deleted", async () => {
    for (const spoil of ["revoke", "age", "delete"]) {
      const { scope, actor } = await makeProject();
      const { id, path } = await createInvitation(scope, db, actor, { role: "viewer", email: null });
      expect(await readInvitation(db, tokenOf(path))).toMatchObject({ projectName: "Corvid", role: "viewer" });
      if (spoil === "revoke") await revokeInvitation(scope, db, actor, { invitationId: id });
      if (spoil === "age") await raw`update invitation set expires_at = now() where id = ${id}`;
      if (spoil === "delete") await deleteProject(scope, db, actor, { typedName: "Corvid" });
      expect(await readInvitation(db, tokenOf(path)), spoil).toBeNull();
      await expect(acceptInvitationAsNew(db, tokenOf(path), guest()), spoil).rejects.toMatchObject(closed);
    }
  });

  test("taken up by single sign-on makes an account without a password, or joins the one that is there", async () => {
    const { scope, actor } = await makeProject();
    const invite = async () => tokenOf((await createInvitation(scope, db, actor, { role: "editor", email: null })).path);
    const person = guest();
    const { id } = await acceptInvitationBySingleSignOn(db, await invite(), person);
    expect(await hasPassword(db, id)).toBe(false);
    const known = await makeMember();
    expect(await acceptInvitationBySingleSignOn(db, await invite(), known)).toEqual({ id: known.id });
    expect((await listMembers(scope, db)).map((row) => row.id)).toEqual(expect.arrayContaining([id, known.id]));

    const spent = await invite();
    await acceptInvitationAsNew(db, spent, guest());
    const late = guest();
    await expect(acceptInvitationBySingleSignOn(db, spent, late)).rejects.toMatchObject(closed);
    expect(await raw`select from member where email = ${late.email}`, "nobody was made").toHaveLength(0);
  });

  test("for one email is refused for another, and stays open for its guest", async () => {
    const { scope, actor } = await makeProject();
    const [right, wrong] = [guest(), guest()];
    const { path } = await createInvitation(scope, db, actor, { role: "editor", email: right.email });
    await expect(acceptInvitationAsNew(db, tokenOf(path), wrong)).rejects.toMatchObject({ code: "forbidden" });
    await expect(acceptInvitation(db, tokenOf(path), await makeMember())).rejects.toMatchObject({ code: "forbidden" });
    await expect(acceptInvitationAsNew(db, tokenOf(path), { ...right, email: right.email.toUpperCase() })).resolves.toBeDefined();
  });

  test("gives nobody else's account away: an email that has one must sign in", async () => {
    const { scope, actor } = await makeProject();
    const mara = await makeMember();
    const { path } = await createInvitation(scope, db, actor, { role: "admin", email: null });
    await expect(acceptInvitationAsNew(db, tokenOf(path), { ...guest(), email: mara.email })).rejects.toMatchObject({ code: "conflict" });
    await expect(checkLogin(db, { email: mara.email, password: PASSWORD }, null)).resolves.toMatchObject({ id: mara.id });
    expect(await readInvitation(db, tokenOf(path))).not.toBeNull();
  });

  test("changes no role of someone who is a member already, and isn't used up by them", async () => {
    const { scope, actor, admin } = await makeProject();
    const { path } = await createInvitation(scope, db, actor, { role: "viewer", email: null });
    await acceptInvitation(db, tokenOf(path), admin);
    expect(await listMembers(scope, db)).toMatchObject([{ id: admin.id, role: "admin" }]);
    expect(await readInvitation(db, tokenOf(path))).not.toBeNull();
  });

  test("goes with the admin who made it", async () => {
    const project = await makeProject();
    const other = await addMember(project, "admin");
    const { path } = await createInvitation(project.scope, db, actorOf(other), { role: "admin", email: null });
    await changeRole(project.scope, db, project.actor, { memberId: other.id, role: "viewer" });
    expect(await readInvitation(db, tokenOf(path))).toBeNull();
  });

  test("is kept as a hash: the database holds no link", async () => {
    const { scope, actor } = await makeProject();
    const { path } = await createInvitation(scope, db, actor, { role: "viewer", email: null });
    const rows = await raw`select row_to_json(i)::text as row from invitation i`;
    expect(rows.map(({ row }) => row).join()).not.toContain(tokenOf(path));
  });
});

describe("a project", () => {
  test("is seen by its members only, and no more once it is deleted", async () => {
    const project = await makeProject();
    const stranger = await makeMember();
    const id = await startSession(db, stranger.id, { by: "password", passwordHash, address: null });
    expect(await findSessionInProject(db, id, project.scope.projectId)).toMatchObject({ membership: null });
    expect(await findSessionInProject(db, id, randomUUID())).toMatchObject({ membership: null });
    const own = await startSession(db, project.admin.id, { by: "password", passwordHash, address: null });
    expect((await findSessionInProject(db, own, project.scope.projectId))?.membership?.role).toBe("admin");
    await deleteProject(project.scope, db, project.actor, { typedName: "Corvid" });
    expect(await findSessionInProject(db, own, project.scope.projectId)).toMatchObject({ membership: null });
    expect(await listProjects(db, project.admin.id)).toEqual([]);
  });

  test("is deleted only when its name is typed, and leaves a row for each change", async () => {
    const { scope, actor } = await makeProject();
    await renameProject(scope, db, actor, { name: "Corvid two" });
    await expect(deleteProject(scope, db, actor, { typedName: "Corvid" })).rejects.toMatchObject({ code: "bad_input" });
    expect(await countProjectContents(scope, db)).toEqual({ resources: 0, connectedUsers: 0, members: 1, signingKeys: 0 });
    await deleteProject(scope, db, actor, { typedName: "Corvid two" });
    await expect(deleteProject(scope, db, actor, { typedName: "Corvid two" })).rejects.toMatchObject({ code: "not_found" });
    expect(await actions(`project:${scope.projectId}`)).toEqual(["project.create", "project.rename", "project.delete"]);
  });
});

describe("first setup", () => {
  const setup = (token: string, name = "Mara") => ({
    token,
    name,
    email: `${name.toLowerCase()}@setup.example`,
    password: PASSWORD,
    projectName: "First",
  });
  const tokenIn = (link: { path: string } | null) => new URL(link!.path, "http://x").searchParams.get("token")!;

  // As on a fresh installation.
  beforeEach(async () => {
    await raw`delete from project`;
    await raw`delete from member`;
    await raw`delete from instance`;
  });

  test("gives a link that works once; two submits at once make one admin", async () => {
    const token = tokenIn(await createSetupLink(db));
    expect(await isSetupToken(db, token)).toBe(true);
    const results = await Promise.allSettled(["Mara", "Joon", "Ines"].map((name) => finishSetup(db, setup(token, name))));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "conflict" });
    expect(await raw`select role from project_member`).toEqual([{ role: "admin" }]);
    expect(await raw`select name from project`).toEqual([{ name: "First" }]);
    expect(await isSetupToken(db, token)).toBe(false);
    expect(await createSetupLink(db)).toBeNull();
  });

  test("a new start replaces the link of the one before, and a guessed one never works", async () => {
    const first = tokenIn(await createSetupLink(db));
    const second = tokenIn(await createSetupLink(db));
    for (const token of [first, "", "x".repeat(43)]) {
      expect(await isSetupToken(db, token)).toBe(false);
      await expect(finishSetup(db, setup(token))).rejects.toMatchObject({ code: "conflict" });
    }
    expect(await raw`select 1 from member`).toHaveLength(0);
    await finishSetup(db, setup(second));
  });

  test("by the environment makes one admin, however many processes start, and nothing after that", async () => {
    const given = { email: "ops@corvid.example", password: PASSWORD, projectName: "Ops" };
    const results = await Promise.all([1, 2, 3].map(() => createFirstAdmin(db, given)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await createFirstAdmin(db, { ...given, email: "second@corvid.example", password: "weak" })).toBeNull();
    expect(await raw`select email from member`).toEqual([{ email: given.email }]);
    await expect(checkLogin(db, given, null)).resolves.toMatchObject({ email: given.email });
  });

  test("gives the first admin a password that single sign-on leaves: without it nobody could enter while the provider is down", async () => {
    const given = { email: "ops@corvid.example", password: PASSWORD };
    const { memberId, projectId } = (await createFirstAdmin(db, given))!;
    const { passwordHash } = await checkLogin(db, given, null);
    const before = await startSession(db, memberId, { by: "password", passwordHash, address: null });
    await startSession(db, memberId, { by: "oidc", address: null });
    await expect(checkLogin(db, given, null)).resolves.toMatchObject({ id: memberId });
    expect(await findSession(db, before)).not.toBeNull();

    const { path } = await createInvitation({ projectId }, db, actorOf({ id: memberId }), { role: "editor", email: null });
    const guest = { name: "Joon", email: "joon@corvid.example", password: PASSWORD };
    const invited = await acceptInvitationAsNew(db, tokenOf(path), guest);
    expect(await hasPassword(db, invited.memberId)).toBe(true);
    await startSession(db, invited.memberId, { by: "oidc", address: null });
    await expect(checkLogin(db, guest, null)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await hasPassword(db, invited.memberId)).toBe(false);
  });

  test("by the environment refuses a weak password in one sentence that names it, and writes nothing", async () => {
    const weak = createFirstAdmin(db, { email: "ops@corvid.example", password: "short" });
    await expect(weak).rejects.toThrow("PATCHBAY_ADMIN_PASSWORD can’t be used. Use 12 characters or more.");
    expect(await raw`select 1 from instance`).toHaveLength(0);
  });
});

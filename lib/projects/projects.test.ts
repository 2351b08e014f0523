import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { findSession, findSessionInProject, hasPassword, listInvitations, listMembers } from "#db/queries/members.ts";
import { countProjectContents, listProjects } from "#db/queries/projects.ts";
import { audit } from "#db/schema/activity.ts";
import { loginLimit, member, session } from "#db/schema/members.ts";
import { testDatabase } from "#db/testing.ts";
import { changePassword, signOutEverywhere } from "./change-account.ts";
import { changeRole, removeMember } from "./change-membership.ts";
import { deleteProject, renameProject } from "./change-project.ts";
import { checkLogin } from "./check-login.ts";
import { createFirstAdmin } from "./create-first-admin.ts";
import { createProject } from "./create-project.ts";
import { hashPassword } from "./hash-password.ts";
import { acceptInvitation, acceptInvitationAsNew, createInvitation, readInvitation, revokeInvitation } from "./invite-member.ts";
import { FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS } from "./limit-login.ts";
import type { Role } from "./roles.ts";
import { emailKey } from "./schema.ts";
import { createSetupLink, finishSetup, isSetupToken } from "./setup-link.ts";
import { endSession, startSession } from "./start-session.ts";

const { db, sql: raw } = await testDatabase();
const PASSWORD = "correct horse battery";
const passwordHash = await hashPassword(PASSWORD);

async function makeMember(name = "Mara") {
  const email = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@corvid.example`;
  const [row] = await db
    .insert(member)
    .values({ name, email, emailKey: emailKey(email), passwordHash })
    .returning();
  return row!;
}

/** Of whom an instance has one: whoever comes after was invited. */
await makeMember("First");

async function makeProject() {
  const admin = await makeMember("Admin");
  const { id: projectId } = await createProject(db, actorOf(admin), { name: "Corvid", adminId: admin.id });
  return { admin, scope: { projectId }, actor: actorOf(admin) };
}

const actorOf = ({ id }: { id: string }) => ({ kind: "member", id }) as const;
const tokenOf = (path: string) => path.split("/").at(-1)!;
const actions = async (subject: string) =>
  (await db.select({ action: audit.action }).from(audit).where(eq(audit.subject, subject)).orderBy(audit.at)).map((row) => row.action);

async function addMember({ scope, actor }: Awaited<ReturnType<typeof makeProject>>, role: Role) {
  const person = await makeMember("Joon");
  const { path } = await createInvitation(scope, db, actor, { role, email: null });
  await acceptInvitation(db, tokenOf(path), person);
  return person;
}

describe("signing in", () => {
  const login = (email: string, password: string, address: string | null = null) => checkLogin(db, { email, password }, address);
  const refused = { code: "unauthenticated" };

  beforeEach(async () => {
    await db.delete(loginLimit);
  });

  test("works with the right password, however the email is spelt, and leaves an audit row with the session", async () => {
    const mara = await makeMember();
    expect(await login(`  ${mara.email.toUpperCase()} `, PASSWORD)).toMatchObject({ id: mara.id });
    await startSession(db, mara.id, { by: "password", passwordHash, address: "203.0.113.7" });
    expect(await actions(`member:${mara.id}`)).toEqual(["member.sign-in"]);
  });

  test("gives one answer for a wrong password, an unknown account and one without a password", async () => {
    const mara = await makeMember();
    const noPassword = await makeMember();
    await db.update(member).set({ passwordHash: null }).where(eq(member.id, noPassword.id));
    const errors = await Promise.all(
      [mara.email, "nobody@corvid.example", noPassword.email].map((email) => login(email, "wrong").catch((error: Error) => error)),
    );
    expect(errors[0]).toMatchObject(refused);
    expect(new Set(errors.map((error) => (error as Error).message)).size).toBe(1);
    expect(await actions(`member:${mara.id}`)).toEqual(["member.sign-in-failed"]);
  });

  test("hashes for an unknown account too, so that the time tells nothing", async () => {
    const mara = await makeMember();
    const time = async (email: string) => {
      const start = performance.now();
      await login(email, "wrong").catch(() => {});
      return performance.now() - start;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 7; n++) {
      known.push(await time(mara.email));
      unknown.push(await time(`nobody-${n}@corvid.example`));
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[3]!;
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5);
    expect(median(unknown) / median(known)).toBeLessThan(2);
  });

  test("is refused after ten failures of an account, right password or not, until the window ends; others go on", async () => {
    const mara = await makeMember();
    const joon = await makeMember("Joon");
    for (let n = 0; n < FAILURES_PER_ACCOUNT; n++) await expect(login(mara.email, "wrong")).rejects.toMatchObject(refused);
    await expect(login(mara.email, PASSWORD)).rejects.toMatchObject({
      code: "rate_limited",
      message: expect.stringContaining("15 minutes"),
    });
    expect(await login(joon.email, PASSWORD)).toMatchObject({ id: joon.id });
    await db.update(loginLimit).set({ windowEndsAt: sql`now() - interval '1 second'` });
    expect(await login(mara.email, PASSWORD)).toMatchObject({ id: mara.id });
  });

  test("counts attempts that come at once one by one", async () => {
    const mara = await makeMember();
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => login(mara.email, "wrong")));
    const codes = results.map((result) => (result as PromiseRejectedResult).reason.code);
    expect(codes.filter((code) => code === "unauthenticated")).toHaveLength(FAILURES_PER_ACCOUNT);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(30 - FAILURES_PER_ACCOUNT);
  });

  test("is refused after fifty failures of one address over many accounts; an IPv6 customer counts as one address", async () => {
    await raw`insert into login_limit (key, failures, window_ends_at) values
      ('address:203.0.113.7', ${FAILURES_PER_ADDRESS}, now() + interval '1 minute'),
      ('address:2001:db8:0:1::/64', ${FAILURES_PER_ADDRESS}, now() + interval '1 minute')`;
    const mara = await makeMember();
    for (const address of ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8:0:1:aaaa::1", "2001:DB8:0:1::2"])
      await expect(login(mara.email, PASSWORD, address), address).rejects.toMatchObject({ code: "rate_limited" });
    await expect(login(mara.email, PASSWORD, "203.0.113.8")).resolves.toMatchObject({ id: mara.id });
    await expect(login(mara.email, PASSWORD, "2001:db8:0:2::1")).resolves.toMatchObject({ id: mara.id });
  });

  test("clears the account's failures and charges the address nothing", async () => {
    const mara = await makeMember();
    for (let n = 0; n < FAILURES_PER_ACCOUNT - 1; n++) await login(mara.email, "wrong", "203.0.113.9").catch(() => {});
    await login(mara.email, PASSWORD, "203.0.113.9");
    for (let n = 0; n < FAILURES_PER_ACCOUNT; n++) await expect(login(mara.email, "wrong")).rejects.toMatchObject(refused);
    const [address] = await raw`select failures from login_limit where key = 'address:203.0.113.9'`;
    expect(address?.failures).toBe(FAILURES_PER_ACCOUNT - 1);
  });

  test("keeps no email in the limits and writes one audit row when a limit is reached, not one for each refusal", async () => {
    const mara = await makeMember();
    const count = async () => Number((await raw`select count(*) from audit where detail->>'reason' = 'limit'`)[0]!.count);
    const before = await count();
    for (let n = 0; n < FAILURES_PER_ACCOUNT + 5; n++) await login(mara.email, "wrong").catch(() => {});
    expect(await count()).toBe(before + 1);
    expect(JSON.stringify(await raw`select * from login_limit`)).not.toContain(mara.email);
  });
});

describe("a session ends", () => {
  test("when its person signs out, with the next request", async () => {
    const mara = await makeMember();
    const [one, two] = [await startSession(db, mara.id, how), await startSession(db, mara.id, how)];
    expect(await findSession(db, one)).toMatchObject({ id: mara.id });
    await endSession(db, one);
    expect(await findSession(db, one)).toBeNull();
    expect(await findSession(db, two)).toMatchObject({ id: mara.id });
    await endSession(db, one);
    expect(await actions(`member:${mara.id}`)).toEqual(["member.sign-in", "member.sign-in", "member.sign-out"]);
  });

  test("with all others when its person asks for it", async () => {
    const mara = await makeMember();
    const ids = [await startSession(db, mara.id, how), await startSession(db, mara.id, how)];
    await signOutEverywhere(db, mara);
    for (const id of ids) expect(await findSession(db, id)).toBeNull();
  });

  test("when the password changes, but for the one that changed it", async () => {
    const mara = await makeMember();
    const [here, there] = [await startSession(db, mara.id, how), await startSession(db, mara.id, how)];
    const change = { next: "a new long password", sessionId: here, address: null };
    await expect(changePassword(db, mara, { ...change, current: "wrong" })).rejects.toMatchObject({ code: "bad_input" });
    expect(await findSession(db, there)).not.toBeNull();
    await changePassword(db, mara, { ...change, current: PASSWORD });
    expect(await findSession(db, here)).not.toBeNull();
    expect(await findSession(db, there)).toBeNull();
    await expect(checkLogin(db, { email: mara.email, password: PASSWORD }, null)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("when its time is over, by the database's clock", async () => {
    const mara = await makeMember();
    const id = await startSession(db, mara.id, how);
    await db.update(session).set({ expiresAt: sql`now()` }).where(eq(session.id, id));
    expect(await findSession(db, id)).toBeNull();
  });

  test("when its person is removed from a project", async () => {
    const project = await makeProject();
    const joon = await addMember(project, "editor");
    const id = await startSession(db, joon.id, how);
    expect((await findSessionInProject(db, id, project.scope.projectId))?.membership).toMatchObject({ role: "editor" });
    await removeMember(project.scope, db, project.actor, { memberId: joon.id });
    expect(await findSessionInProject(db, id, project.scope.projectId)).toBeNull();
    expect(await actions(`member:${joon.id}`)).toContain("member.remove");
  });

  const how = { by: "password", passwordHash, address: null } as const;
});

describe("a password that goes while it is checked", () => {
  test("begins no session: the owner's first single sign-on was in between", async () => {
    const mara = await makeMember();
    const { passwordHash } = await checkLogin(db, { email: mara.email, password: PASSWORD }, null);
    await startSession(db, mara.id, { by: "oidc", address: null });
    const late = startSession(db, mara.id, { by: "password", passwordHash, address: null });
    await expect(late).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await db.select().from(session).where(eq(session.memberId, mara.id))).toHaveLength(1);
  });

  test("waits for whoever removes it at that moment, and is refused then, as is its change", async () => {
    const mara = await makeMember();
    const change = { current: PASSWORD, next: "a new long password", sessionId: null, address: null };
    let late: Promise<PromiseSettledResult<unknown>[]> | undefined;
    await raw.begin(async (tx) => {
      await tx`update member set password_hash = null where id = ${mara.id}`;
      late = Promise.allSettled([
        startSession(db, mara.id, { by: "password", passwordHash, address: null }),
        changePassword(db, mara, change),
      ]);
      await expect.poll(async () => (await waiting()).length, { timeout: 5_000 }).toBe(2);
    });
    expect(await late).toMatchObject([
      { status: "rejected", reason: { code: "unauthenticated" } },
      { status: "rejected", reason: { code: "bad_input" } },
    ]);
    expect(await db.select({ passwordHash: member.passwordHash }).from(member).where(eq(member.id, mara.id))).toEqual([
      { passwordHash: null },
    ]);
  });

  const waiting = () => raw`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
});

test("the owner of an address, once single sign-on has proved it, has the account alone: whoever made it with a password is out", async () => {
  const mara = await makeMember();
  const impostor = await startSession(db, mara.id, { by: "password", passwordHash, address: null });
  const owner = await startSession(db, mara.id, { by: "oidc", address: null });
  expect(await findSession(db, impostor)).toBeNull();
  expect(await findSession(db, owner)).not.toBeNull();
  await expect(checkLogin(db, { email: mara.email, password: PASSWORD }, null)).rejects.toMatchObject({ code: "unauthenticated" });
  const again = await startSession(db, mara.id, { by: "oidc", address: null });
  expect(await findSession(db, owner), "the second time there is nothing to end").not.toBeNull();
  expect(await findSession(db, again)).not.toBeNull();
  expect((await actions(`member:${mara.id}`)).filter((action) => action === "member.remove-password")).toHaveLength(1);
});

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

import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { findSession, findSessionInProject } from "#db/queries/members.ts";
import { loginLimit, member, session } from "#db/schema/members.ts";
import { changePassword, signOutEverywhere } from "./change-account.ts";
import { removeMember } from "./change-membership.ts";
import { checkLogin } from "./check-login.ts";
import { FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS } from "./limit-login.ts";
import { endSession, startSession } from "./start-session.ts";
import { PASSWORD, testMembers } from "./testing.ts";

const { db, sql: raw, passwordHash, makeMember, makeProject, addMember, actions } = await testMembers();

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

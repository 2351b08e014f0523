import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { listSecretNames, listSecrets } from "#db/queries/secrets.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { changeSecret, createSecret } from "./change-secrets.ts";
import { createFirstAdmin } from "./create-first-admin.ts";
import { createProject } from "./create-project.ts";
import { openSecrets } from "./open-secrets.ts";
import { ChangedSecret, NewSecret } from "./schema.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const scope = { projectId: admin.projectId };
const other = { projectId: (await createProject(db, actor, { name: "Other", adminId: admin.memberId })).id };

const VALUE = "canary-project-secret-0123456789-abcd";
let counter = 0;
const nameOf = () => `NAME_${counter++}`;
const create = async (name = nameOf(), value = VALUE) => {
  await createSecret(scope, db, actor, { name, value, description: "" });
  return name;
};
const opened = async (names: string[], within = scope) =>
  Object.fromEntries((await openSecrets(within, db, names)).map((it) => [it.name, it.value]));
const described = async (name: string) => (await listSecrets(scope, db)).find((secret) => secret.name === name);
const actions = async (name: string) =>
  (await sql<{ action: string }[]>`select action from audit where subject = ${`secret:${name}`} order by at`).map(({ action }) => action);

describe("a secret", () => {
  test("is sealed, listed without its value, and opens for its own project only", async () => {
    const name = await create();
    expect(await opened([name, "MISSING"])).toEqual({ [name]: VALUE });
    expect(await opened([name], other)).toEqual({});
    expect(await described(name)).toMatchObject({ name, hint: "abcd", setBy: expect.any(String), setAt: expect.any(Date) });
    expect(await listSecretNames(other, db)).toEqual([]);
    const [row] = await sql`select (select string_agg(to_jsonb(s)::text, '') from secret s) as secrets,
      (select string_agg(to_jsonb(v)::text || encode(v.ciphertext, 'escape'), '') from sealed_value v) as sealed,
      (select string_agg(to_jsonb(a)::text, '') from audit a) as audits`;
    expect(`${row!.secrets}${row!.sealed}${row!.audits}`).not.toContain("canary-project-secret");
  });

  test("replaced counts at once; a blank value keeps the stored one, and each change leaves its audit row", async () => {
    const name = await create();
    await changeSecret(scope, db, actor, { name, value: "another", description: "" });
    expect(await opened([name])).toEqual({ [name]: "another" });
    expect((await described(name))?.hint, "a short value shows nothing").toBe("");
    await changeSecret(scope, db, actor, { name, value: "", description: "Acme's" });
    expect(await opened([name])).toEqual({ [name]: "another" });
    expect((await described(name))?.description).toBe("Acme's");
    await changeSecret(scope, db, actor, { name, value: "", description: "Acme's" });
    expect(await actions(name)).toEqual(["secret.create", "secret.replace", "secret.describe"]);
  });

  test("of another project can't be changed, and its name is free here", async () => {
    const name = await create();
    await expect(changeSecret(other, db, actor, { name, value: "x", description: "" })).rejects.toMatchObject({ code: "not_found" });
    await createSecret(other, db, actor, { name, value: "theirs", description: "" });
    expect(await opened([name])).toEqual({ [name]: VALUE });
    expect(await opened([name], other)).toEqual({ [name]: "theirs" });
  });

  test("created twice at once, or in other capitals, is created once", async () => {
    const name = nameOf();
    const ends = await Promise.allSettled([name, name, name.toLowerCase(), name.toLowerCase()].map((each) => create(each)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const end of ends)
      if (end.status === "rejected")
        expect(end.reason).toMatchObject({ code: "conflict", details: { fields: { name: expect.stringContaining("Replace its value") } } });
  });

  test.each(["ACME_PASSWORD", "DB_PWD", "CARD_PIN", "passphrase"])("named %s shows not even its end", async (name) => {
    await create(name);
    expect((await described(name))?.hint).toBe("");
    expect((await openSecrets(scope, db, [name]))[0]?.showsEnd).toBe(false);
  });
});

describe("what is typed", () => {
  const problem = (given: object) => NewSecret.safeParse({ name: "A", value: "v", description: "", ...given }).error?.issues[0]?.message;

  test.each(["", "1A", "A-B", "A.B", "A B", "{{A}}", "é", "x".repeat(65), "__proto__", "constructor", "toString"])(
    "the name %j is refused",
    (name) => {
      expect(problem({ name })).toBeDefined();
    },
  );

  test.each(["", "x".repeat(8_193), "é".repeat(4_097), "a\u0000b", "a\ud800b"])("a value that can't be kept is refused (%#)", (value) => {
    expect(problem({ value })).toBeDefined();
  });

  test("8 KiB, spaces at the edges and line breaks are kept as they are", () => {
    for (const value of ["x".repeat(8_192), " a ", "-----BEGIN\nKEY-----\n"])
      expect(NewSecret.parse({ name: "A", value, description: "" }).value).toBe(value);
    expect(ChangedSecret.parse({ name: "A", value: "", description: "" }).value).toBe("");
  });
});

/** One file: each test starts from a value in every column that holds sealed ones, and asks of all of them what became of each. */
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { testMembers } from "#lib/projects/testing.ts";
import { checkCanary, takeUpKeys } from "./check-keys.ts";
import { digestMatches, keyedDigest } from "./digest.ts";
import { findInstanceValue, keyIdOf } from "./instance-values.ts";
import { type KeyRing, parseKeys } from "./keys.ts";
import { type Report, rotateKeys } from "./rotate-keys.ts";
import { findRotation } from "./rotation-state.ts";
import { open, seal } from "./seal.ts";
import { SEALED_COLUMNS, SEALED_FIELD } from "./sealed-columns.ts";
import { countSealedWith, listUsedKeys } from "./used-keys.ts";

const { sql, makeProject } = await testMembers();
const { scope } = await makeProject();
const { projectId } = scope;

const texts = Object.fromEntries(["k1", "k2", "k3", "other"].map((id) => [id, randomBytes(32).toString("base64")]));
const ringOf = (...ids: string[]) => parseKeys(ids.map((id) => `${id}:${texts[id]}`).join(","));
const [old, both, fresh] = [ringOf("k1"), ringOf("k2", "k1"), ringOf("k2")];

const told: { detail: Record<string, unknown>; message: string }[] = [];
const tell = (detail: Record<string, unknown>, message: string) => void told.push({ detail, message });
const report: Report = { info: tell, error: tell };
const rotate = (keys: KeyRing, signal = new AbortController().signal) => rotateKeys(sql, signal, report, keys);

const resourceId = randomUUID();
const triggerId = randomUUID();

/** What is sealed, by where it is: to be found again. */
type Known = { table: string; column: string; id: string; place: { projectId: string; rowId: string; field: string }; text: string };
let known: Known[] = [];

const sealedFor = (keys: KeyRing, rowId: string, field: string, text: string) => seal(text, { projectId, rowId, field }, keys);
function note(table: string, column: string, id: string, field: string, text: string, rowId = id): Known {
  const one = { table, column, id, place: { projectId, rowId, field }, text };
  known.push(one);
  return one;
}

async function addCredentials(n: number, keys = old): Promise<Known[]> {
  const made = Array.from({ length: n }, (_, index) =>
    note("credential", "ciphertext", randomUUID(), SEALED_FIELD.credential, `secret-${index}`),
  );
  const rows = made.map(({ id, text }) => {
    const { ciphertext, keyId } = sealedFor(keys, id, SEALED_FIELD.credential, text);
    return { id, user_id: randomUUID(), ciphertext: Buffer.from(ciphertext).toString("hex"), key_id: keyId };
  });
  await sql`
    with given as (select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as g(id uuid, user_id uuid, ciphertext text, key_id text)),
    person as (insert into connected_user (project_id, id, external_id, kind) select ${projectId}, user_id, user_id::text, 'user' from given)
    insert into credential (project_id, id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
    select ${projectId}, id, ${resourceId}, 'user', user_id, decode(ciphertext, 'hex'), key_id, ${keyedDigest("supplied", keys)}, 'VALID', 'api_key' from given`;
  return made;
}

/** One value in each further column that holds sealed ones. */
async function addOthers(): Promise<void> {
  const add = async (table: string, values: Record<string, unknown>) =>
    void (await sql`insert into ${sql(table)} ${sql({ project_id: projectId, ...values } as never)}`);
  const value = randomUUID();
  const client = sealedFor(old, value, "clientSecret", "client secret ✓");
  await add("sealed_value", { id: value, owner: "x", field: "clientSecret", ciphertext: client.ciphertext, key_id: "k1" });
  note("sealed_value", "ciphertext", value, "clientSecret", "client secret ✓");

  const token = sealedFor(old, triggerId, SEALED_FIELD.webhookToken, "token");
  await sql`
    insert into trigger (project_id, id, resource_id, name, name_key, schema_version, body, token_digest, ciphertext, key_id)
    values (${projectId}, ${triggerId}, ${resourceId}, 'T', 't', 1, '{}', ${randomBytes(32)}, ${token.ciphertext}, 'k1')`;
  note("trigger", "ciphertext", triggerId, SEALED_FIELD.webhookToken, "token");

  const secret = randomUUID();
  const signing = sealedFor(old, secret, SEALED_FIELD.triggerSecret, "signing");
  await add("trigger_secret", { id: secret, trigger_id: triggerId, ciphertext: signing.ciphertext, key_id: "k1" });
  note("trigger_secret", "ciphertext", secret, SEALED_FIELD.triggerSecret, "signing");

  const [part, gone] = [randomUUID(), randomUUID()];
  const [own, answer, farewell] = [
    sealedFor(old, part, SEALED_FIELD.webhookToken, "own"),
    sealedFor(old, part, SEALED_FIELD.subscriptionAnswer, "answer"),
    sealedFor(old, gone, SEALED_FIELD.credential, "farewell"),
  ];
  await add("trigger_subscription", {
    id: part,
    trigger_id: triggerId,
    token_digest: randomBytes(32),
    ciphertext: own.ciphertext,
    key_id: "k1",
    answer_ciphertext: answer.ciphertext,
    answer_key_id: "k1",
    farewell_credential_id: gone,
    farewell_ciphertext: farewell.ciphertext,
    farewell_key_id: "k1",
  });
  note("trigger_subscription", "ciphertext", part, SEALED_FIELD.webhookToken, "own");
  note("trigger_subscription", "answer_ciphertext", part, SEALED_FIELD.subscriptionAnswer, "answer");
  note("trigger_subscription", "farewell_ciphertext", part, SEALED_FIELD.credential, "farewell", gone);

  const refused = randomUUID();
  const request = sealedFor(old, refused, SEALED_FIELD.deliveryRequest, "request");
  await sql`
    insert into delivery (project_id, id, trigger_id, resource_id, status, method, headers, query, body, size, ciphertext, key_id, response_status)
    values (${projectId}, ${refused}, ${triggerId}, ${resourceId}, 'refused', 'POST', '[]', '[]', '', 0, ${request.ciphertext}, 'k1', 401)`;
  note("delivery", "ciphertext", refused, SEALED_FIELD.deliveryRequest, "request");
}

/** What each opens to now. */
async function readAll(keys: KeyRing): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (const { table, column, id, place } of known) {
    const [row] = await sql<{ ciphertext: Uint8Array; keyId: string }[]>`
      select ${sql(column)} as ciphertext, ${sql(column.replace("ciphertext", "key_id"))} as "keyId" from ${sql(table)} where id = ${id}`;
    found.push(row ? open(row, place, keys) : null);
  }
  return found;
}
const canaryKey = async () => keyIdOf((await findInstanceValue(sql, "vault-canary"))!);
/** All but what a change of keys may change. */
const bareRows = async () =>
  (
    await sql`select to_jsonb(c) - 'ciphertext' - 'key_id' as row from credential c
      union all select to_jsonb(t) - 'ciphertext' - 'key_id' from trigger t
      union all select to_jsonb(s) - 'ciphertext' - 'key_id' - 'answer_ciphertext' - 'answer_key_id' - 'farewell_ciphertext' - 'farewell_key_id' from trigger_subscription s
      union all select to_jsonb(v) - 'ciphertext' - 'key_id' from sealed_value v`
  )
    .map(({ row }) => JSON.stringify(row))
    .sort();

beforeEach(async () => {
  await sql`delete from resource`;
  await sql`delete from delivery`;
  await sql`delete from sealed_value`;
  await sql`delete from connected_user`;
  await sql`delete from instance`;
  await sql`insert into resource (project_id, id, level) values (${projectId}, ${resourceId}, 'user')`;
  known = [];
  told.length = 0;
  await takeUpKeys(sql, old);
});

test("every column of the database that holds sealed values is walked", async () => {
  const rows = await sql<{ name: string }[]>`
    select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attname like '%ciphertext'`;
  expect(rows.map(({ name }) => name).sort()).toEqual(SEALED_COLUMNS.map(({ table, ciphertext }) => `${table}.${ciphertext}`).sort());
  for (const { table, keyId } of SEALED_COLUMNS) {
    const indexes = await sql`select indexdef from pg_indexes where tablename = ${table} and indexdef like ${`%(${keyId})%`}`;
    expect(indexes, `${table}.${keyId} is found by an index`).toHaveLength(1);
  }
});

describe("after a new key was put in front", () => {
  test("everything is sealed anew, the canary too, nothing else changes, and a start without the old key opens everything", async () => {
    await addCredentials(250);
    await addOthers();
    const before = await bareRows();
    await takeUpKeys(sql, both);
    await expect(takeUpKeys(sql, fresh), "too early").rejects.toThrow(/^PATCHBAY_KEYS lacks the key "k1", which values in this database/);
    await expect(checkCanary(sql, fresh)).rejects.toThrow(/lacks the key "k1"/);

    await rotate(both);
    expect(await listUsedKeys(sql)).toEqual(["k2"]);
    expect(await canaryKey()).toBe("k2");
    expect(await bareRows()).toEqual(before);
    await takeUpKeys(sql, fresh);
    expect(await readAll(fresh)).toEqual(known.map(({ text }) => text));
    expect(told).toEqual([
      {
        detail: { sealing: "k2", done: 257, unopened: 0 },
        message: 'every value that opens is sealed with key "k2" now: others may leave PATCHBAY_KEYS',
      },
    ]);
    const nonces = await sql`select xmin from credential`;
    await rotate(both);
    expect(await sql`select xmin from credential`, "once more: nothing to do").toEqual(nonces);
    expect(told).toHaveLength(1);
  });

  test("what was supplied is still told from other values without the old key", async () => {
    const digest = keyedDigest("what an app supplied", old);
    await takeUpKeys(sql, both);
    await rotate(both);
    await takeUpKeys(sql, fresh);
    expect(await digestMatches(sql, digest, "what an app supplied", fresh)).toBe(true);
    expect(await digestMatches(sql, digest, "something else", fresh)).toBe(false);
    expect(await digestMatches(sql, new Uint8Array(), "", fresh)).toBe(false);
    const [row] = await sql`select value from instance where name = 'digest-key:k1'`;
    expect(Buffer.from(row!.value).toString(), "the key of digests is sealed").toMatch(/^k2:/);
  });

  test("whoever writes meanwhile wins, also in a process that has the old key in front", async () => {
    const rows = await addCredentials(1_500);
    await takeUpKeys(sql, both);
    let [isOver, written] = [false, 0];
    const write = async (keys: KeyRing, from: number) => {
      for (let n = from; !isOver; n += 2) {
        const row = rows[(n * 7) % rows.length]!;
        const text = `typed-${n}`;
        const { ciphertext, keyId } = sealedFor(keys, row.id, SEALED_FIELD.credential, text);
        await sql`update credential set ciphertext = ${ciphertext}, key_id = ${keyId} where id = ${row.id}`;
        row.text = text;
        written++;
      }
    };
    const writers = [write(both, 0), write(old, 1)];
    // Its rounds go on until the writer with the old key is done.
    const walking = (async () => {
      while ((await countSealedWith(sql, "k1", 1)) > 0) await rotate(both);
    })();
    setTimeout(() => {
      isOver = true;
    }, 800);
    await Promise.all([...writers, walking]);
    while ((await listUsedKeys(sql)).includes("k1")) await rotate(both);
    expect(written).toBeGreaterThan(50);
    expect(await readAll(fresh)).toEqual(rows.map(({ text }) => text));
  });

  test("a value that is being written isn't waited for", async () => {
    const [row] = await addCredentials(3);
    await takeUpKeys(sql, both);
    let release = () => {};
    const held = sql.begin(async (tx) => {
      await tx`update credential set status = 'INVALID' where id = ${row!.id}`;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    await expect.poll(() => release.toString()).not.toBe("() => {}");
    await rotate(both);
    expect(await countSealedWith(sql, "k1")).toBe(1);
    expect(await canaryKey(), "not at its end").toBe("k1");
    release();
    await held;
    await rotate(both);
    expect(await listUsedKeys(sql)).toEqual(["k2"]);
    expect(await canaryKey()).toBe("k2");
  });

  test("killed half way, somebody else goes on with the rest, and counts on", async () => {
    await addCredentials(3_000);
    await takeUpKeys(sql, both);
    const child = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import postgres from "postgres"; import { rotateKeys } from "#lib/vault/rotate-keys.ts"; import { parseKeys } from "#lib/vault/keys.ts";
         await rotateKeys(postgres(process.env.DATABASE_URL), new AbortController().signal, console, parseKeys(process.env.KEYS));`,
      ],
      { cwd: path.resolve(import.meta.dirname, "../.."), env: { ...process.env, KEYS: `k2:${texts.k2},k1:${texts.k1}` }, stdio: "inherit" },
    );
    await expect.poll(() => countSealedWith(sql, "k2"), { timeout: 15_000, interval: 2 }).toBeGreaterThan(300);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    const left = await countSealedWith(sql, "k1");
    expect(left).toBeGreaterThan(0);
    expect(await canaryKey()).toBe("k1");

    await rotate(both);
    expect(await countSealedWith(sql, "k1"), "the dead one may still live").toBe(left);
    await sql`update instance set updated_at = now() - interval '31 seconds' where name = 'vault-rotation'`;
    await rotate(both);
    expect(await listUsedKeys(sql)).toEqual(["k2"]);
    expect(await canaryKey()).toBe("k2");
    await takeUpKeys(sql, fresh);
    expect(await readAll(fresh)).toEqual(known.map(({ text }) => text));
  });

  test("a value that doesn't open is told and left, the others aren't held up, and the old key may go all the same", async () => {
    const [altered, moved, ...rest] = await addCredentials(120);
    await sql`update credential set ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1) where id = ${altered!.id}`;
    await sql`update credential set ciphertext = (select ciphertext from credential where id = ${rest[0]!.id}) where id = ${moved!.id}`;
    await takeUpKeys(sql, both);
    await rotate(both);
    expect(await countSealedWith(sql, "k1")).toBe(2);
    expect(await findRotation(sql)).toMatchObject({ owner: null, unopened: { k1: 2 } });
    expect(told.map(({ message }) => message)).toEqual([expect.stringMatching(/don't open/), expect.stringMatching(/may leave/)]);
    const named = (told[0]!.detail.values as { rowId: string }[]).map(({ rowId }) => rowId);
    expect(named.sort()).toEqual([altered!.id, moved!.id].sort());
    expect(JSON.stringify(told)).not.toContain("secret-");
    await rotate(both);
    expect(told, "told once").toHaveLength(2);

    known = rest;
    await takeUpKeys(sql, fresh);
    await rotate(fresh);
    expect(await readAll(fresh)).toEqual(rest.map(({ text }) => text));
    // One more under the key that is gone now is not one of those.
    await addCredentials(1);
    await expect(takeUpKeys(sql, fresh)).rejects.toThrow(/lacks the key "k1"/);
  });

  test("a key between that is missing is named, though the canary opens", async () => {
    await addCredentials(1, ringOf("k2"));
    await expect(takeUpKeys(sql, ringOf("k3", "k1"))).rejects.toThrow(/lacks the key "k2"/);
    expect(await sql`select from instance where name = 'digest-key:k3'`, "nothing was written").toHaveLength(0);
  });

  test("a worker whose front key isn't the latest start's leaves everything alone: two would seal in turns for ever", async () => {
    await addCredentials(5);
    await takeUpKeys(sql, both);
    await rotate(both);
    await rotate(ringOf("k1", "k2"));
    expect(await listUsedKeys(sql)).toEqual(["k2"]);
    await takeUpKeys(sql, ringOf("k1", "k2"));
    await rotate(ringOf("k1", "k2"));
    expect(await listUsedKeys(sql), "going back is a change of keys, too").toEqual(["k1"]);
  });

  test("two workers at once do it once", async () => {
    await addCredentials(400);
    await takeUpKeys(sql, both);
    await Promise.all([rotate(both), rotate(both)]);
    expect(await listUsedKeys(sql)).toEqual(["k2"]);
    expect(await readAll(both)).toEqual(known.map(({ text }) => text));
  });
});

test("another key under an id that was used before is refused, since digests couldn't be compared", async () => {
  await takeUpKeys(sql, both);
  await rotate(both);
  await takeUpKeys(sql, fresh);
  await expect(takeUpKeys(sql, parseKeys(`k1:${texts.other},k2:${texts.k2}`))).rejects.toThrow(/^Another key had the id "k1" before/);
});

test("another key of the same id is refused", async () => {
  await expect(takeUpKeys(sql, parseKeys(`k1:${texts.other}`))).rejects.toThrow(/sealed with another key "k1"/);
});

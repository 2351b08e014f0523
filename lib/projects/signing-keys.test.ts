import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import { listSigningKeys } from "#db/queries/signing-keys.ts";
import { member } from "#db/schema/members.ts";
import { testDatabase } from "#db/testing.ts";
import { authenticateUserToken } from "./authenticate-user-token.ts";
import { deleteProject, setRequireAudience } from "./change-project.ts";
import { createProject } from "./create-project.ts";
import { createSigningKey, createTestKey, parseSigningKey, revokeSigningKey } from "./create-signing-key.ts";
import { flushKeyUse } from "./note-key-use.ts";

const connection = await testDatabase();
const { db, sql } = connection;

type Pair = { publicKey: KeyObject; privateKey: KeyObject };
const makePair = (modulusLength = 2048): Pair => generateKeyPairSync("rsa", { modulusLength });
const pem = ({ publicKey }: Pair) => publicKey.export({ type: "spki", format: "pem" }).toString();
const pair = makePair();

async function makeProject() {
  const email = `${randomUUID()}@corvid.example`;
  const [row] = await db.insert(member).values({ name: "Mara", email, emailKey: email }).returning();
  const actor = { kind: "member", id: row!.id } as const;
  const { id: projectId } = await createProject(db, actor, { name: "Corvid", adminId: row!.id });
  return { scope: { projectId }, actor };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function makeToken({ privateKey }: Pair, changes: Record<string, unknown> = {}, kid?: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const input = `${encode({ alg: "RS256", kid })}.${encode({ sub: "user-1", iat, exp: iat + 600, ...changes })}`;
  return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
}

const authenticate = (projectId: string, token: string) => authenticateUserToken(connection, { projectId, token });
const refused = { code: "unauthenticated" };

describe("a signing key", () => {
  test("gets the thumbprint that jose computes as its Key ID", async () => {
    expect(parseSigningKey(pem(pair)).kid).toBe(await calculateJwkThumbprint(await exportJWK(pair.publicKey)));
  });

  test("serves from its registration to its revocation, with the very next call", async () => {
    const { scope, actor } = await makeProject();
    await expect(authenticate(scope.projectId, makeToken(pair))).rejects.toMatchObject(refused);
    const { id } = await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    expect(await authenticate(scope.projectId, makeToken(pair))).toMatchObject({ keyId: id, claims: { sub: "user-1" } });
    await revokeSigningKey(scope, db, actor, { keyId: id });
    await expect(authenticate(scope.projectId, makeToken(pair))).rejects.toMatchObject(refused);
  });

  test("a token that was served is still judged on each call: its key, its time, and each of its bytes", async () => {
    const { scope, actor } = await makeProject();
    const { id } = await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    const token = makeToken(pair);
    const ask = (changed: string, now?: number) => authenticateUserToken(connection, { projectId: scope.projectId, token: changed, now });
    await ask(token);
    await ask(token);
    await expect(ask(token, Date.now() + 3_600_000)).rejects.toMatchObject(refused);
    const [head, body, signature] = token.split(".") as [string, string, string];
    const other = encode({ ...JSON.parse(Buffer.from(body, "base64url").toString()), sub: "user-2" });
    await expect(ask(`${head}.${other}.${signature}`)).rejects.toMatchObject(refused);
    await expect(ask(`${head}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`)).rejects.toMatchObject(refused);
    await revokeSigningKey(scope, db, actor, { keyId: id });
    await createSigningKey(scope, db, actor, { publicKeyPem: pem(makePair()) });
    await expect(ask(token)).rejects.toMatchObject(refused);
  });

  test("serves beside others, and one can be revoked without the other", async () => {
    const { scope, actor } = await makeProject();
    const next = makePair();
    const { id } = await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    await createSigningKey(scope, db, actor, { publicKeyPem: pem(next), kid: "mine" });
    await authenticate(scope.projectId, makeToken(pair));
    await authenticate(scope.projectId, makeToken(next, {}, "mine"));
    await revokeSigningKey(scope, db, actor, { keyId: id });
    await authenticate(scope.projectId, makeToken(next));
    await expect(authenticate(scope.projectId, makeToken(pair))).rejects.toMatchObject(refused);
  });

  test("serves its own project only, and can't be revoked from another", async () => {
    const [mine, other] = [await makeProject(), await makeProject()];
    const { id } = await createSigningKey(mine.scope, db, mine.actor, { publicKeyPem: pem(pair) });
    await expect(authenticate(other.scope.projectId, makeToken(pair))).rejects.toMatchObject(refused);
    await revokeSigningKey(other.scope, db, other.actor, { keyId: id });
    await authenticate(mine.scope.projectId, makeToken(pair));
    const elsewhere = makeToken(pair, { aud: `patchbay/${other.scope.projectId}` });
    await expect(authenticate(mine.scope.projectId, elsewhere)).rejects.toMatchObject(refused);
  });

  test("shows when it was last used, some seconds later", async () => {
    const { scope, actor } = await makeProject();
    await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    await authenticate(scope.projectId, makeToken(pair));
    expect(await listSigningKeys(scope, db)).toMatchObject([{ lastUsedAt: null }]);
    await flushKeyUse();
    expect(await listSigningKeys(scope, db)).toMatchObject([{ lastUsedAt: expect.any(Date) }]);
  });

  test("can't be active twice, and ten may be active", async () => {
    const { scope, actor } = await makeProject();
    await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    await expect(createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) })).rejects.toMatchObject({ code: "conflict" });
    for (let n = 1; n < 10; n++) await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair), kid: `k${n}` });
    await expect(createSigningKey(scope, db, actor, { publicKeyPem: pem(pair), kid: "k10" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("is refused when it is short, no RSA, of a weak exponent, private, or no key", () => {
    const export_ = (key: KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
    const wrong = [
      pem(makePair(1024)),
      export_(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey),
      export_(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey),
      export_(generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey),
      pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      "hello",
      "",
    ];
    for (const text of wrong)
      expect(() => parseSigningKey(text), text.slice(0, 60)).toThrow(expect.objectContaining({ code: "bad_input" }));
  });
});

describe("a test key", () => {
  test("serves its one sub, by its Key ID, for ten minutes", async () => {
    const { scope, actor } = await makeProject();
    const { id, kid } = await createTestKey(scope, db, actor, { publicKeyPem: pem(pair), sub: "user-1" });
    await authenticate(scope.projectId, makeToken(pair, {}, kid));
    await expect(authenticate(scope.projectId, makeToken(pair, { sub: "user-2" }, kid))).rejects.toMatchObject(refused);
    await expect(authenticate(scope.projectId, makeToken(pair))).rejects.toMatchObject(refused);
    const [row] = await sql`select extract(epoch from expires_at - now()) as left from signing_key where id = ${id}`;
    expect(Number(row!.left)).toBeGreaterThan(590);
    expect(Number(row!.left)).toBeLessThanOrEqual(600);
    await sql`update signing_key set expires_at = now() where id = ${id}`;
    await expect(authenticate(scope.projectId, makeToken(pair, {}, kid))).rejects.toMatchObject(refused);
    expect(await listSigningKeys(scope, db)).toEqual([]);
  });

  test("can't be made without end", async () => {
    const { scope, actor } = await makeProject();
    for (let n = 0; n < 20; n++) await createTestKey(scope, db, actor, { publicKeyPem: pem(pair), sub: `user-${n}` });
    const more = createTestKey(scope, db, actor, { publicKeyPem: pem(pair), sub: "user-20" });
    await expect(more).rejects.toMatchObject({ code: "rate_limited" });
  });
});

describe("the door", () => {
  test("answers alike for an unknown project, a wrong key, a misspelt id and a deleted project", async () => {
    const { scope, actor } = await makeProject();
    await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    const gone = await makeProject();
    await createSigningKey(gone.scope, db, gone.actor, { publicKeyPem: pem(pair) });
    await deleteProject(gone.scope, db, gone.actor, { typedName: "Corvid" });
    const messages = await Promise.all([
      authenticate(randomUUID(), makeToken(pair)).catch(String),
      authenticate("not-a-uuid", makeToken(pair)).catch(String),
      authenticate(gone.scope.projectId, makeToken(pair)).catch(String),
      authenticate(scope.projectId, makeToken(makePair())).catch(String),
      authenticate(scope.projectId, makeToken(pair, {}, "unknown")).catch(String),
    ]);
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toContain("isn’t signed by an active signing key");
  });

  test("asks for an audience from the call on after the project requires it", async () => {
    const { scope, actor } = await makeProject();
    await createSigningKey(scope, db, actor, { publicKeyPem: pem(pair) });
    await authenticate(scope.projectId, makeToken(pair));
    await setRequireAudience(scope, db, actor, { requireAudience: true });
    await expect(authenticate(scope.projectId, makeToken(pair))).rejects.toThrow(`patchbay/${scope.projectId}`);
    await authenticate(scope.projectId, makeToken(pair, { aud: `patchbay/${scope.projectId}` }));
  });

  test("forgets within a second that a project is unknown", async () => {
    const projectId = randomUUID();
    const token = makeToken(pair);
    await expect(authenticate(projectId, token)).rejects.toMatchObject(refused);
    await sql`insert into project (id, name) values (${projectId}, 'Late')`;
    await createSigningKey({ projectId }, db, { kind: "system" }, { publicKeyPem: pem(pair) });
    const later = authenticateUserToken(connection, { projectId, token, now: Date.now() + 1100 });
    expect(await later).toMatchObject({ claims: { sub: "user-1" } });
  });
});

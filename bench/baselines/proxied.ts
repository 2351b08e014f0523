/**
 * The limit of the proxied call: what no server can leave out, in the least code. Read what decides (signing key, live revision, the
 * user's sealed credential), verify the RS256 token with a parsed key, unseal with AES-256-GCM, forward over a kept connection with the
 * credential in a header, and pass status, content type and body back. Tables of its own with the fewest columns and indexes. No
 * templates, no address guard, no limits, no retry, no activity log, no routes.
 */
import { createCipheriv, createDecipheriv, createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";

const TABLES = `
  drop table if exists limit_call_user, limit_call_credential;
  create table limit_call_user (project_id uuid, id uuid, external_id text not null, primary key (project_id, id), unique (project_id, external_id));
  create table limit_call_credential (
    project_id uuid, id uuid, resource_id uuid not null, user_id uuid not null, ciphertext bytea not null,
    primary key (project_id, id), unique (project_id, resource_id, user_id))`;

type Facts = { active: boolean; revision: number | null; id: string | null; ciphertext: Uint8Array | null };

const sql = postgres(process.env.DATABASE_URL!, { max: 10, onnotice: () => {} });
const publicKey = createPublicKey(process.env.BENCH_PUBLIC_KEY!);
const secret = randomBytes(32);
const api = { host: "127.0.0.1", port: Number(process.env.BENCH_API_PORT), agent: new Agent({ keepAlive: true }) };

await sql.unsafe(TABLES);
await connectUsers(process.env.BENCH_PROJECT!, process.env.BENCH_RESOURCE!, Number(process.env.BENCH_USERS));
await sql`analyze limit_call_user, limit_call_credential`;

async function connectUsers(projectId: string, resourceId: string, amount: number): Promise<void> {
  const users = Array.from({ length: amount }, (_, n) => ({ project_id: projectId, id: randomUUID(), external_id: `user-${n}` }));
  await sql`insert into limit_call_user ${sql(users)}`;
  const credentials = users.map(({ id: userId, external_id }) => {
    const id = randomUUID();
    const ciphertext = seal(JSON.stringify({ key: `key-of-${external_id}` }), projectId, id);
    return { project_id: projectId, id, resource_id: resourceId, user_id: userId, ciphertext };
  });
  await sql`insert into limit_call_credential ${sql(credentials)}`;
}

async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const [, , projectId, , , resourceId, ...rest] = incoming.url!.split("/") as [string, string, string, string, string, string];
  const token = incoming.headers.authorization!.slice(7);
  const [head, body, signature] = token.split(".") as [string, string, string];
  const { sub, exp } = JSON.parse(Buffer.from(body, "base64url").toString()) as { sub: string; exp: number };

  const [facts] = await sql<Facts[]>`
    select exists (select from signing_key where project_id = ${projectId} and revoked_at is null) as active,
      r.live_revision as revision, c.id, c.ciphertext
    from resource r
    join limit_call_user u on u.project_id = r.project_id and u.external_id = ${sub}
    join limit_call_credential c on c.project_id = r.project_id and c.resource_id = r.id and c.user_id = u.id
    where r.project_id = ${projectId} and r.id = ${resourceId} and r.deleted_at is null`;
  const signed = verify("sha256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url"));
  if (!facts?.active || !facts.revision || !signed || exp * 1000 < Date.now()) throw new Error("refused");

  const { key } = JSON.parse(unseal(facts.ciphertext!, projectId, facts.id!)) as { key: string };
  const onward = request({ ...api, method: incoming.method, path: `/${rest.join("/")}`, headers: { "x-key": key } }, (answer) => {
    outgoing.writeHead(answer.statusCode!, { "content-type": answer.headers["content-type"] });
    answer.pipe(outgoing);
  });
  onward.once("error", () => outgoing.destroy());
  incoming.pipe(onward);
}

function seal(text: string, projectId: string, id: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", secret, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(projectId + id));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

function unseal(bytes: Uint8Array, projectId: string, id: string): string {
  const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(projectId + id));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
}

const server = createServer((incoming, outgoing) => {
  pass(incoming, outgoing).catch(() => outgoing.writeHead(401).end());
});
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());

/**
 * The limit of the connect call: what no server can leave out, in the least code. Read what decides (signing key, live revision,
 * stored digest), verify the RS256 token with a parsed key, compare the keyed digest; on new values seal them with AES-256-GCM and
 * commit user, credential and event in one statement. Tables of its own with the fewest columns and indexes. No schema, no checks of
 * the values, no activity log, no routes.
 */
import { createCipheriv, createHmac, createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";

const TABLES = `
  create table if not exists limit_user (
    project_id uuid, id uuid default gen_random_uuid(), external_id text not null, last_seen_at timestamptz,
    primary key (project_id, id), unique (project_id, external_id));
  create table if not exists limit_credential (
    project_id uuid, id uuid, resource_id uuid not null, user_id uuid not null, ciphertext bytea not null, digest bytea not null,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    primary key (project_id, id), unique (project_id, resource_id, user_id));
  create table if not exists limit_event (
    project_id uuid, credential_id uuid, at timestamptz default now(), id uuid default gen_random_uuid(), kind text not null,
    primary key (project_id, credential_id, at, id))`;

type Facts = { active: boolean; revision: number | null; id: string | null; digest: Uint8Array | null };

const sql = postgres(process.env.DATABASE_URL!, { max: 10, onnotice: () => {} });
const publicKey = createPublicKey(process.env.BENCH_PUBLIC_KEY!);
const secret = randomBytes(32);

await sql.unsafe(TABLES);

async function connect(request: IncomingMessage): Promise<string> {
  const [, , projectId, , , resourceId] = request.url!.split("/") as [string, string, string, string, string, string];
  const token = request.headers.authorization!.slice(7);
  const [head, body, signature] = token.split(".") as [string, string, string];
  const { sub, exp } = JSON.parse(Buffer.from(body, "base64url").toString()) as { sub: string; exp: number };

  const [facts] = await sql<Facts[]>`
    select exists (select from signing_key where project_id = ${projectId} and revoked_at is null) as active,
      r.live_revision as revision, c.id, c.digest
    from resource r
    left join limit_user u on u.project_id = r.project_id and u.external_id = ${sub}
    left join limit_credential c on c.project_id = r.project_id and c.resource_id = r.id and c.user_id = u.id
    where r.project_id = ${projectId} and r.id = ${resourceId} and r.deleted_at is null`;
  const signed = verify("sha256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url"));
  if (!facts?.active || !facts.revision || !signed || exp * 1000 < Date.now()) throw new Error("refused");

  const values = await read(request);
  const digest = createHmac("sha256", secret).update(values).digest();
  if (facts.digest && digest.equals(facts.digest)) return answer(facts.id!);

  const id = facts.id ?? randomUUID();
  const [saved] = await sql<{ id: string }[]>`
    with usr as (
      insert into limit_user (project_id, external_id, last_seen_at) values (${projectId}, ${sub}, now())
      on conflict (project_id, external_id) do update set last_seen_at = now() returning id),
    cred as (
      insert into limit_credential (project_id, id, resource_id, user_id, ciphertext, digest)
      select ${projectId}, ${id}, ${resourceId}, usr.id, ${seal(values, projectId, id)}, ${digest} from usr
      on conflict (project_id, resource_id, user_id) do update set
        ciphertext = excluded.ciphertext, digest = excluded.digest, updated_at = now() returning id),
    noted as (insert into limit_event (project_id, credential_id, kind) select ${projectId}, id, 'connected' from cred)
    select id from cred`;
  return answer(saved!.id);
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.stringify(JSON.parse(text));
}

function seal(values: string, projectId: string, id: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", secret, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(projectId + id));
  return Buffer.concat([nonce, cipher.update(values, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

const answer = (id: string): string => JSON.stringify({ id, status: "VALID" });

const server = createServer(async (request, response) => {
  try {
    response.setHeader("content-type", "application/json").end(await connect(request));
  } catch {
    response.writeHead(401).end();
  }
});
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());

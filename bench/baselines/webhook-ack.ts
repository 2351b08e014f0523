/**
 * The limit of a webhook that is answered when it is durable: what no server can leave out, in the least code. Find the endpoint by the
 * token's digest, verify the HMAC over the raw bytes in constant time, and commit dedupe key, delivery, run and job in one statement.
 * Tables of its own with the fewest columns and indexes. No filter, no mapping, no redaction, no activity log, no routes.
 */
import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";

const TABLES = `
  create table if not exists limit_trigger (token_digest bytea primary key, project_id uuid not null, id uuid not null, secret text not null);
  create table if not exists limit_key (
    project_id uuid, trigger_id uuid, key text, delivery_id uuid not null, expires_at timestamptz not null,
    primary key (project_id, trigger_id, key));
  create table if not exists limit_delivery (
    project_id uuid, id uuid, at timestamptz default now(), trigger_id uuid not null, headers jsonb not null, body bytea not null,
    primary key (project_id, at, id));
  create table if not exists limit_run (
    project_id uuid, id uuid, at timestamptz default now(), delivery_id uuid not null, input jsonb not null, primary key (project_id, at, id));
  create table if not exists limit_job (id uuid primary key, run_id uuid not null, due_at timestamptz not null default now())`;

const sql = postgres(process.env.DATABASE_URL!, { max: 10, onnotice: () => {} });
await sql.unsafe(TABLES);
const digestOf = (token: string) => createHash("sha256").update(token).digest();
for (const { token, secret } of JSON.parse(process.env.BENCH_HOOKS!) as { token: string; secret: string }[])
  await sql`insert into limit_trigger values (${digestOf(token)}, ${randomUUID()}, ${randomUUID()}, ${secret})`;

type Trigger = { projectId: string; id: string; secret: string };

async function receive(request: IncomingMessage): Promise<number> {
  const [trigger] = await sql<Trigger[]>`
    select project_id as "projectId", id, secret from limit_trigger where token_digest = ${digestOf(request.url!.split("/").at(-1)!)}`;
  if (!trigger) return 404;
  const body = await read(request);
  const given = Buffer.from(String(request.headers["x-signature"]), "hex");
  const wanted = createHmac("sha256", trigger.secret).update(body).digest();
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 401;

  const { projectId, id } = trigger;
  const [delivery, run] = [randomUUID(), randomUUID()];
  const input = { body: JSON.parse(body.toString()), headers: request.headers };
  await sql`
    with fresh as (
      insert into limit_key values (${projectId}, ${id}, ${String(request.headers["x-delivery"])}, ${delivery}, now() + interval '7 days')
      on conflict do nothing returning delivery_id),
    came as (
      insert into limit_delivery (project_id, id, trigger_id, headers, body)
      values (${projectId}, ${delivery}, ${id}, ${sql.json(request.headers as never)}, ${body})),
    started as (
      insert into limit_run (project_id, id, delivery_id, input)
      select ${projectId}, ${run}, delivery_id, ${sql.json(input as never)} from fresh returning id)
    insert into limit_job (id, run_id) select gen_random_uuid(), id from started`;
  return 200;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  response.writeHead(await receive(request).catch(() => 500)).end();
});
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());

/**
 * Connected users by the thousand or the million, each with a credential, on a database that is migrated: made by the database itself, a
 * million in a minute or two. From the command line, into the first project and a resource of its own (for demos and for measuring by
 * hand; DATABASE_URL and PATCHBAY_KEYS as for the servers):
 *
 *     node bench/seed-users.ts 1000000
 */
import { pathToFileURL } from "node:url";
import { createDatabase, type Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { sealSecrets } from "#lib/credentials/save-credential.ts";
import { env } from "#lib/env.ts";
import { apiKeyDraft, publishDraft } from "./publish-draft.ts";

export type Seed = {
  resourceId: string;
  authType: "api_key" | "oauth2_refresh_token";
  /** Users `seeded-0` to `seeded-<amount - 1>`. */
  amount: number;
  /** So many of them, spread evenly, hold a real secret: the key `key-of-<external id>`. The others' bytes can't be opened. */
  sealed: number;
  /** Share whose credential is INVALID. */
  invalid?: number;
  /** When each credential is due for a check or a refresh, as SQL. */
  verifyAt?: string;
  refreshAt?: string;
};

const CHUNK = 50_000;
const SEALED_AT_ONCE = 1_000;

export async function seedUsers(sql: Sql, { projectId }: Scope, seed: Seed): Promise<void> {
  const { resourceId, authType, amount, invalid = 0, verifyAt = "null", refreshAt = "null" } = seed;
  for (let from = 0; from < amount; from += CHUNK) {
    const to = Math.min(amount, from + CHUNK) - 1;
    await sql`
      with usr as (
        insert into connected_user (project_id, external_id, name, email, created_at, last_seen_at)
        select ${projectId}, 'seeded-' || n, initcap(md5(n::text)::varchar(6)) || ' ' || initcap(md5((n / 7)::text)::varchar(9)),
          md5(n::text)::varchar(8) || '@example.com', now() - make_interval(secs => random() * 31536000), now() - make_interval(secs => random() * 864000)
        from generate_series(${from}::int, ${to}::int) n returning id)
      insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, supplied_keys, status, reason, auth_type, verify_at, refresh_at)
      select ${projectId}, ${resourceId}, 'user', id, decode(repeat('00', 150), 'hex'), 'k1', decode(repeat('00', 35), 'hex'),
        ${authType === "api_key" ? ["key"] : []}::text[],
        case when random() < ${invalid} then 'INVALID' else 'VALID' end, null, ${authType}, ${sql.unsafe(verifyAt)}, ${sql.unsafe(refreshAt)}
      from usr`;
  }
  await sql`update credential set reason = 'reconnect' where project_id = ${projectId} and resource_id = ${resourceId} and status = 'INVALID' and reason is null`;
  await sealSome(sql, { projectId }, seed);
  await sql`vacuum (analyze) connected_user, credential`;
}

/** The external ids of those that hold a real secret. */
export const sealedUsers = ({ amount, sealed }: Pick<Seed, "amount" | "sealed">): string[] =>
  Array.from({ length: sealed }, (_, index) => `seeded-${Math.floor((index * amount) / sealed)}`);

async function sealSome(sql: Sql, scope: Scope, seed: Seed): Promise<void> {
  const names = sealedUsers(seed);
  for (let from = 0; from < names.length; from += SEALED_AT_ONCE) {
    const rows = await sql<{ id: string; externalId: string }[]>`
      select c.id, u.external_id as "externalId" from connected_user u
      join credential c on c.project_id = u.project_id and c.user_id = u.id and c.resource_id = ${seed.resourceId}
      where u.project_id = ${scope.projectId} and u.external_id = any(${names.slice(from, from + SEALED_AT_ONCE)}) and u.kind = 'user'`;
    const values = rows.map(({ id, externalId }) => {
      const { ciphertext, keyId } = sealSecrets(scope, id, { inputs: {}, keys: { key: `key-of-${externalId}` } });
      return { id, keyId, hex: Buffer.from(ciphertext).toString("hex") };
    });
    await sql`
      update credential c set ciphertext = decode(v.hex, 'hex'), key_id = v.key_id, status = 'VALID', reason = null
      from unnest(${values.map(({ id }) => id)}::uuid[], ${values.map(({ keyId }) => keyId)}::text[], ${values.map(({ hex }) => hex)}::text[]) as v(id, key_id, hex)
      where c.project_id = ${scope.projectId} and c.id = v.id`;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const amount = Number(process.argv[2]);
  if (!Number.isInteger(amount) || amount < 1 || amount > 10_000_000) {
    console.error("Say how many users to make: node bench/seed-users.ts 1000000");
    process.exit(1);
  }
  const { sql, db, close } = createDatabase(env().DATABASE_URL, { max: 2, applicationName: "patchbay seed" });
  const [first] = await sql<{ projectId: string; memberId: string }[]>`
    select project_id as "projectId", member_id as "memberId" from project_member where role = 'admin' order by joined_at limit 1`;
  if (!first) throw new Error("There is no project yet. Create the first account, then seed.");
  const scope = { projectId: first.projectId };
  const began = performance.now();
  const name = `Seeded ${new Date().toISOString().slice(0, 19).replaceAll(":", ".")}`;
  const resourceId = await publishDraft(
    { db, actor: { kind: "member", id: first.memberId } },
    scope,
    name,
    apiKeyDraft("https://api.example.com"),
  );
  await seedUsers(sql, scope, { resourceId, authType: "api_key", amount, sealed: Math.min(amount, 1_000), invalid: 0.1 });
  console.log(`${amount.toLocaleString("en-US")} users, connected to "${name}", in ${Math.round((performance.now() - began) / 1000)} s.`);
  await close();
}

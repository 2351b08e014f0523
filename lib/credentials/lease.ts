import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { AppError } from "#lib/errors.ts";

/** Longer than the longest token call (rules.md, Doors 3). */
const LEASE_SECONDS = 40;

/** The right to make a credential's token call. `fence` rises with each holder: a late holder can't end its successor's lease. */
export type Lease = { credentialId: string; owner: string; fence: string };

/** Takes the lease, or null while somebody else holds it. By database time. A holder that died is followed when its time is up. */
export async function takeLease({ projectId }: Scope, sql: Sql, credentialId: string, owner: string): Promise<Lease | null> {
  const [row] = await sql<{ fence: string }[]>`
    insert into refresh_lease as held (project_id, credential_id, owner, fence, until)
    values (${projectId}, ${credentialId}, ${owner}, 1, now() + make_interval(secs => ${LEASE_SECONDS}))
    on conflict (project_id, credential_id) do update set owner = excluded.owner, fence = held.fence + 1, until = excluded.until
      where held.until <= now()
    returning fence::text`;
  return row ? { credentialId, owner, fence: row.fence } : null;
}

/** Gives the lease back, so that those who wait look again at once. */
export async function endLease({ projectId }: Scope, sql: Sql, { credentialId, owner, fence }: Lease): Promise<void> {
  await sql`
    delete from refresh_lease
    where project_id = ${projectId} and credential_id = ${credentialId} and owner = ${owner} and fence = ${fence}`;
}

const POLL_MS = 15;
const LONGEST_WAIT_MS = 45_000;

/** Several tries within one lease: a database that is away for a moment doesn't end it. */
const EXTEND_MS = 10_000;

/** Does nothing for a lease that somebody else has followed. */
async function extendLease({ projectId }: Scope, sql: Sql, { credentialId, owner, fence }: Lease): Promise<void> {
  await sql`
    update refresh_lease set until = now() + make_interval(secs => ${LEASE_SECONDS})
    where project_id = ${projectId} and credential_id = ${credentialId} and owner = ${owner} and fence = ${fence}`;
}

/**
 * Acts while nobody else makes a token call under this id, in any process. Waits for whoever does. However long the act takes, as a
 * connect's calls beside the token call may, the lease is its own until it ends; a process that died is followed as ever.
 */
export async function withLease<Result>(scope: Scope, sql: Sql, credentialId: string, act: () => Promise<Result>): Promise<Result> {
  const owner = randomUUID();
  const began = performance.now();
  for (;;) {
    const lease = await takeLease(scope, sql, credentialId, owner);
    if (lease) {
      const extending = setInterval(() => void extendLease(scope, sql, lease).catch(() => {}), EXTEND_MS);
      return await act().finally(() => {
        clearInterval(extending);
        return endLease(scope, sql, lease);
      });
    }
    if (performance.now() - began > LONGEST_WAIT_MS)
      throw new AppError("unavailable", "Another call renews this token, and that takes too long. Try again in a minute.", {
        retryAfter: 30,
      });
    await sleep(POLL_MS);
  }
}

import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { openSecrets } from "./save-credential.ts";
import type { CredentialStatus, StoredSecrets } from "./schema.ts";

/** A stored credential as a door's statement reads it. */
export type LiveCredential = {
  id: string;
  userId: string | null;
  owner: "user" | "app" | "test";
  generation: number;
  status: CredentialStatus;
  reason: string | null;
  authType: string;
  suppliedKeys: string[];
  ciphertext: Uint8Array;
  keyId: string;
  expiresAt: Date | null;
  refreshAt: Date | null;
  profile: Record<string, unknown> | null;
};

/** What a renewal must know besides. */
export type RenewableCredential = LiveCredential & {
  refreshedAt: Date | null;
  refreshFailures: number;
  failingSince: Date | null;
  lastFailure: string | null;
  /** Whether somebody holds the lease now. */
  isLeased: boolean;
  isOutage: boolean;
};

/** The credential as it is now, with its lease and its resource's outage: one indexed statement. Null when it is gone. */
export async function readRenewable({ projectId }: Scope, sql: Sql, id: string): Promise<RenewableCredential | null> {
  const [row] = await sql<RenewableCredential[]>`
    select c.id, c.user_id as "userId", c.owner, c.generation, c.status, c.reason, c.auth_type as "authType", c.supplied_keys as "suppliedKeys",
      c.ciphertext, c.key_id as "keyId", c.expires_at as "expiresAt", c.refresh_at as "refreshAt", c.profile,
      c.refreshed_at as "refreshedAt", c.refresh_failures as "refreshFailures", c.failing_since as "failingSince",
      c.last_failure as "lastFailure", coalesce(l.until > now(), false) as "isLeased", h.outage_since is not null as "isOutage"
    from credential c
    left join refresh_lease l on l.project_id = c.project_id and l.credential_id = c.id
    left join resource_health h on h.project_id = c.project_id and h.resource_id = c.resource_id
    where c.project_id = ${projectId} and c.id = ${id}`;
  return row ?? null;
}

export const openLive = (scope: Scope, { id, ciphertext, keyId }: LiveCredential): StoredSecrets =>
  openSecrets(scope, id, { ciphertext, keyId });

/** Whether two readings of a credential hold the same values. Sealed anew under another key, the bytes differ all the same. */
export function holdSame(scope: Scope, a: LiveCredential, b: LiveCredential): boolean {
  if (a.generation !== b.generation) return false;
  return areSameBytes(a, b) || JSON.stringify(openLive(scope, a)) === JSON.stringify(openLive(scope, b));
}

/** The nonce of each writing is unique. */
export const areSameBytes = (a: LiveCredential, b: LiveCredential): boolean => Buffer.compare(a.ciphertext, b.ciphertext) === 0;

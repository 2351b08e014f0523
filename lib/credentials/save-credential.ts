import { randomUUID } from "node:crypto";
import type { Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import { AppError } from "#lib/errors.ts";
import type { AuthType } from "#lib/resources/words.ts";
import { keyedDigest } from "#lib/vault/digest.ts";
import { hintOf, open, type Sealed, seal } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";
import { refreshAtOf } from "./refresh-policy.ts";
import { type CredentialStatus, type StoredSecrets, showsEnd } from "./schema.ts";

/** Whose credential: a connected user's (made when unknown), the test user's, or the app's. */
export type CredentialOwner =
  | {
      kind: "user";
      externalId: string;
      /** Who the User Profile says it is: fills what the app hasn't told. */
      person?: { name: string | null; email: string | null };
    }
  /** What a failed reconnect got by a rotating refresh token (rules.md, Credentials 5): the old credential goes on serving. */
  | { kind: "user-candidate"; externalId: string }
  /** Typed by members, so bound to the hosts that they were typed for: an edit that leads elsewhere needs them typed again. */
  | { kind: "test" | "app" | "app-candidate"; boundHost: string };

export type NewCredential = {
  resourceId: string;
  owner: CredentialOwner;
  authType: AuthType;
  secrets: StoredSecrets;
  /** The supplied values as one text: their keyed digest tells repeats. */
  canonical: string;
  status: CredentialStatus;
  reason: string | null;
  profile: { id: string; fields: Record<string, unknown> } | null;
  /** Whether the API took it in a call. */
  verified: boolean;
  /** When a token call of ours issued what is stored; a moment where this goes on from a stored credential, null where none did. */
  refreshedAt: Date | "now" | null;
  /** Seconds until the first check by the test request; 0 = never. See `checkEveryOf`. */
  checkEvery: number;
  event: { kind: string; cause: string };
};

export type CredentialRow = {
  id: string;
  userId: string | null;
  status: CredentialStatus;
  reason: string | null;
  generation: number;
  profile: Record<string, unknown> | null;
  profileId: string | null;
  expiresAt: Date | null;
  refreshedAt: Date | null;
  refreshFailures: number;
  createdAt: Date;
  updatedAt: Date;
};

const secretsPlace = (scope: Scope, id: string) => ({ projectId: scope.projectId, rowId: id, field: SEALED_FIELD.credential });

export const sealSecrets = (scope: Scope, id: string, secrets: StoredSecrets): Sealed =>
  seal(JSON.stringify(secrets), secretsPlace(scope, id));
export const openSecrets = (scope: Scope, id: string, sealed: Sealed): StoredSecrets =>
  JSON.parse(open(sealed, secretsPlace(scope, id))) as StoredSecrets;

/** Whose tokens are renewed and checked by the schedule. The test user's are renewed when they are used. */
const isKeptAlive = ({ kind }: CredentialOwner): boolean => kind === "user" || kind === "app";

const OWNER_COLUMN = { user: "user", "user-candidate": "candidate", test: "test", app: "app", "app-candidate": "candidate" } as const;

/**
 * One statement: the user, the credential and its timeline's event, or nothing. Connecting again keeps the credential's id; all
 * fields are replaced and the generation rises. `knownId` is the row's id where the caller has read it: the ciphertext is bound to
 * it, so a row that another call made meanwhile is met by sealing again for that row. What doesn't work never replaces a user's
 * credential that does: that is a conflict.
 */
export async function saveCredential(scope: Scope, sql: Sql, credential: NewCredential, knownId?: string): Promise<CredentialRow> {
  let id = knownId ?? randomUUID();
  for (let attempt = 0; attempt < 5; attempt++) {
    const saved = await upsert(scope, sql, credential, id).catch(explainGone);
    if (saved) return saved;
    id = (await findCredentialId(scope, sql, credential)) ?? randomUUID();
  }
  throw new AppError("conflict", "Many calls connect this user at once. Connect again.");
}

/** Last four characters by field, where they may be shown. */
export const hintsOf = (secrets: StoredSecrets): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ access_token: secrets.accessToken, refresh_token: secrets.refreshToken, ...secrets.keys, ...secrets.inputs })
      .map(([field, value]) => [field, showsEnd(field) ? hintOf(value ?? "") : ""])
      .filter(([, hint]) => hint),
  ) as Record<string, string>;

/** The resource was shredded between reading it and now (foreign key): to the caller it doesn't exist. */
function explainGone(error: unknown): never {
  if ((error as { code?: unknown }).code !== "23503") throw error;
  throw new AppError("not_found", "There is no such resource in this project, or it isn't published. Copy the Resource ID from its page.");
}

async function upsert(scope: Scope, sql: Sql, credential: NewCredential, id: string): Promise<CredentialRow | undefined> {
  const { projectId } = scope;
  const { resourceId, owner, authType, secrets, status, reason, profile, event } = credential;
  const { ciphertext, keyId } = sealSecrets(scope, id, secrets);
  const expiresAt = secrets.expiresAt ?? null;
  // Events find their users by it, so one that nothing proved isn't kept: the user may have written it (lib/connections/try-candidate).
  // Left out here and not by who reads it, since a later refresh or check proves the credential, but not what was read before.
  const profileId = credential.verified || credential.refreshedAt !== null ? (profile?.id ?? null) : null;
  const conflict =
    owner.kind === "test"
      ? sql`(project_id, resource_id, user_id, auth_type) where owner = 'test'`
      : sql`(project_id, resource_id, owner, user_id) where owner <> 'test'`;
  const [row] = await sql<CredentialRow[]>`
    with usr as (${userOf(scope, sql, owner)}),
    cred as (
      insert into credential as old (project_id, id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, supplied_keys, bound_host, hints, status, reason, has_connected, auth_type,
        profile, profile_id, profile_tried_at, expires_at, refresh_at, refreshed_at, verified_at, verify_at, checked_at)
      select ${projectId}, ${id}, ${resourceId}, ${OWNER_COLUMN[owner.kind]}, usr.id, ${ciphertext}, ${keyId}, ${keyedDigest(credential.canonical)}, ${[...Object.keys(secrets.inputs), ...Object.keys(secrets.keys)]},
        ${"boundHost" in owner ? owner.boundHost : ""},
        ${sql.json(hintsOf(secrets))}, ${status}, ${reason}, ${status === "VALID"}, ${authType},
        ${profile ? sql.json(profile.fields as never) : null}, ${profileId}, case when ${profileId}::text is not null then now() end, ${expiresAt}, ${refreshAtOf(secrets, isKeptAlive(owner) && (authType === "oauth2_client_credentials" || Boolean(secrets.refreshToken)), databaseNow())},
        ${credential.refreshedAt === "now" ? sql`now()` : sql`${credential.refreshedAt}::timestamptz`}, case when ${credential.verified} then now() end,
        ${isKeptAlive(owner) && credential.checkEvery > 0 ? sql`now() + make_interval(secs => ${credential.checkEvery} * (0.9 + random() * 0.2))` : null}, now()
      from usr
      on conflict ${conflict} do update set
        ciphertext = excluded.ciphertext, key_id = excluded.key_id, supplied_digest = excluded.supplied_digest, supplied_keys = excluded.supplied_keys,
        bound_host = excluded.bound_host, hints = excluded.hints,
        status = excluded.status, reason = excluded.reason, has_connected = old.has_connected or excluded.has_connected, auth_type = excluded.auth_type, profile = excluded.profile, profile_id = excluded.profile_id,
        profile_tried_at = excluded.profile_tried_at, profile_failing_since = null, profile_failure = null,
        expires_at = excluded.expires_at, refresh_at = excluded.refresh_at, refreshed_at = excluded.refreshed_at, verified_at = excluded.verified_at,
        verify_at = excluded.verify_at, checked_at = excluded.checked_at, fit = 'ok', refresh_failures = 0, failing_since = null, last_failure = null, generation = old.generation + 1, updated_at = now()
      where old.id = excluded.id and (old.owner <> 'user' or excluded.status = 'VALID' or old.status <> 'VALID')
      returning id, user_id, status, reason, generation, profile, profile_id, expires_at, refreshed_at, refresh_failures, created_at, updated_at
    ),
    noted as (
      insert into credential_event (project_id, credential_id, kind, cause) select ${projectId}, id, ${event.kind}, ${event.cause} from cred
    )
    select id, user_id as "userId", status, reason, generation, profile, profile_id as "profileId", expires_at as "expiresAt",
      refreshed_at as "refreshedAt", refresh_failures as "refreshFailures", created_at as "createdAt", updated_at as "updatedAt"
    from cred`;
  return row;
}

/** The owner's row, made when it is new. Locks it, so that calls for one user come after one another. */
function userOf({ projectId }: Scope, sql: Sql, owner: CredentialOwner) {
  switch (owner.kind) {
    case "user":
    case "user-candidate": {
      const { name = null, email = null } = ("person" in owner && owner.person) || {};
      return sql`insert into connected_user as known (project_id, external_id, kind, name, email, last_seen_at)
        values (${projectId}, ${owner.externalId}, 'user', ${name}, ${email}, now())
        on conflict (project_id, external_id) where kind = 'user'
        do update set last_seen_at = now(), name = coalesce(known.name, excluded.name), email = coalesce(known.email, excluded.email)
        returning id`;
    }
    case "test":
      return sql`insert into connected_user (project_id, external_id, kind, name) values (${projectId}, '', 'test', 'Test user')
        on conflict (project_id) where kind = 'test' do update set external_id = '' returning id`;
    default:
      return sql`select null::uuid as id`;
  }
}

async function findCredentialId(
  { projectId }: Scope,
  sql: Sql,
  { resourceId, owner, authType }: NewCredential,
): Promise<string | undefined> {
  const column = OWNER_COLUMN[owner.kind];
  const [row] = await sql<{ id: string }[]>`
    select c.id from credential c left join connected_user u on u.project_id = c.project_id and u.id = c.user_id
    where c.project_id = ${projectId} and c.resource_id = ${resourceId} and c.owner = ${column}
      and ${"externalId" in owner ? sql`u.external_id = ${owner.externalId} and u.kind = 'user'` : owner.kind === "test" ? sql`u.kind = 'test' and c.auth_type = ${authType}` : sql`c.user_id is null`}`;
  return row?.id;
}

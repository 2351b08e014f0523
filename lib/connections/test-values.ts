import { and, eq, ne } from "drizzle-orm";
import type { Database, Sql } from "#db/client.ts";
import { dropLeases } from "#db/queries/leases.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { credential } from "#db/schema/credentials.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { openSecrets } from "#lib/credentials/save-credential.ts";
import { type CredentialStatus, plainKeysOf, type StoredSecrets, showsEnd, suppliedFields } from "#lib/credentials/schema.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import type { AuthType } from "#lib/resources/words.ts";
import { hintOf } from "#lib/vault/seal.ts";
import type { StoredTestValues } from "./schema.ts";

export type StoredTestCredential = {
  id: string;
  owner: "test" | "app" | "candidate";
  secrets: StoredSecrets;
  profile: Record<string, unknown> | null;
  profileId: string | null;
  /** The hosts that it was typed for. */
  boundHost: string;
  status: CredentialStatus;
  reason: string | null;
  /** Whether a call or a token call has ever proved it. */
  isProven: boolean;
  updatedAt: Date;
};

type Described = Pick<ResourceDraft, "level" | "authType">;

/**
 * The credential that a test uses: the test user's for this authentication type; at app level the newly typed candidate, else the
 * app's own row (rules.md, Credentials 3 and 4).
 */
export async function findTestCredential(
  scope: Scope,
  sql: Sql,
  resourceId: string,
  { level, authType }: Described,
): Promise<StoredTestCredential | null> {
  if (!level || !authType) return null;
  return await findOwned(scope, sql, { resourceId, authType, owners: level === "app" ? ["candidate", "app"] : ["test"] });
}

/** The app's own row of this authentication type, whatever was typed since. */
export const findAppCredential = (scope: Scope, sql: Sql, resourceId: string, authType: AuthType) =>
  findOwned(scope, sql, { resourceId, authType, owners: ["app"] });

async function findOwned(
  scope: Scope,
  sql: Sql,
  { resourceId, authType, owners }: { resourceId: string; authType: AuthType; owners: StoredTestCredential["owner"][] },
): Promise<StoredTestCredential | null> {
  const [row] = await sql<(Omit<StoredTestCredential, "secrets"> & { ciphertext: Uint8Array; keyId: string })[]>`
    select c.id, c.owner, c.ciphertext, c.key_id as "keyId", c.profile, c.profile_id as "profileId", c.bound_host as "boundHost", c.status, c.reason, c.updated_at as "updatedAt",
      c.verified_at is not null or c.refreshed_at is not null as "isProven"
    from credential c left join connected_user u on u.project_id = c.project_id and u.id = c.user_id
    where c.project_id = ${scope.projectId} and c.resource_id = ${resourceId} and c.auth_type = ${authType} and c.owner in ${sql(owners)}
      and (c.user_id is null or u.kind = 'test')
    order by c.owner = 'candidate' desc limit 1`;
  if (!row) return null;
  const { ciphertext, keyId, ...known } = row;
  return { ...known, secrets: openSecrets(scope, row.id, { ciphertext, keyId }) };
}

/** The supplied fields of stored secrets, by their key in the flat connect body. */
export const valuesOf = (secrets: StoredSecrets): Record<string, string | undefined> => ({
  ...secrets.inputs,
  ...secrets.keys,
  access_token: secrets.accessToken,
  refresh_token: secrets.refreshToken,
});

/** Whether these are all the values that the definition asks for. Of the two tokens one will do. */
export function isComplete(
  definition: Pick<ResourceDefinition, "level" | "authType">,
  values: Record<string, string | undefined>,
): boolean {
  const fields = suppliedFields(definition);
  const tokens = fields.filter(({ kind }) => kind === "token");
  return fields.every(({ key, required }) => !required || values[key]) && (tokens.length === 0 || tokens.some(({ key }) => values[key]));
}

/** What the test form may show: values that are plain (`plainKeysOf`); of the rest only that they are set. */
export async function findTestValues(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  resourceId: string,
): Promise<StoredTestValues | null> {
  const found = await findResource(scope, db, resourceId);
  if (!found) return null;
  const draft = found.draft.body;
  const stored = await findTestCredential(scope, sql, resourceId, draft);
  if (!stored) return null;
  const values = valuesOf(stored.secrets);
  const plain = plainKeysOf(draft as ResourceDefinition, stored.secrets);
  const fields = suppliedFields(draft as ResourceDefinition).flatMap(({ key }) => {
    const value = values[key];
    if (!value) return [];
    const shown = plain.has(key) ? { set: true as const, value } : { set: true as const, hint: showsEnd(key) ? hintOf(value) : "" };
    return [[key, shown] as const];
  });
  return { fields: Object.fromEntries(fields), status: stored.status, updatedAt: stored.updatedAt };
}

/** Forgets the test values of the current authentication type. The app's live credential stays: Finish replaces it, nothing else. */
export async function clearTestValues(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  actor: Actor,
  { resourceId }: { resourceId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await findResource(scope, tx, resourceId);
    if (!found) return;
    const stored = await findTestCredential(scope, sql, resourceId, found.draft.body);
    if (!stored || stored.owner === "app") return;
    // Finish may have made them the live ones a moment ago.
    const own = and(eq(credential.projectId, scope.projectId), eq(credential.id, stored.id), ne(credential.owner, "app"));
    const gone = await tx.delete(credential).where(own).returning({ id: credential.id });
    if (gone.length === 0) return;
    await dropLeases(scope, tx, gone);
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "credential.disconnect",
      subject: `credential:${stored.id}`,
      detail: { owner: stored.owner, resourceId },
    });
  });
}

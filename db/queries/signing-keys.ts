import { and, desc, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import type { Database, Sql } from "#db/client.ts";
import { member, signingKey } from "#db/schema/members.ts";
import type { Scope } from "./scope.ts";

/** The keys of a project, newest first. Test keys only while they live. */
export async function listSigningKeys(scope: Scope, db: Database) {
  return db
    .select({
      id: signingKey.id,
      kid: signingKey.kid,
      name: signingKey.name,
      spki: signingKey.spki,
      boundSub: signingKey.boundSub,
      expiresAt: signingKey.expiresAt,
      revokedAt: signingKey.revokedAt,
      createdAt: signingKey.createdAt,
      createdBy: member.name,
      lastUsedAt: signingKey.lastUsedAt,
    })
    .from(signingKey)
    .leftJoin(member, eq(member.id, signingKey.createdBy))
    .where(and(eq(signingKey.projectId, scope.projectId), or(isNull(signingKey.boundSub), gt(signingKey.expiresAt, sql`now()`))))
    .orderBy(desc(signingKey.createdAt), desc(signingKey.id));
}
export type SigningKeyRow = Awaited<ReturnType<typeof listSigningKeys>>[number];

export type ActiveKeyIds = { requireAudience: boolean; keyIds: string[] };

/** What decides about a user token, asked on each call: never cached. Null for an unknown or deleted project. `projectId` must be a UUID. */
export async function findActiveKeyIds({ projectId }: Scope, sql: Sql): Promise<ActiveKeyIds | null> {
  const [row] = await sql<ActiveKeyIds[]>`
    select p.require_audience as "requireAudience",
      array(select k.id::text from signing_key k
        where k.project_id = p.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        order by k.created_at desc) as "keyIds"
    from project p where p.id = ${projectId} and p.deleted_at is null`;
  return row ?? null;
}

/** The immutable part of keys. */
export async function readSigningKeys(scope: Scope, db: Database, ids: string[]) {
  return db
    .select({
      id: signingKey.id,
      kid: signingKey.kid,
      spki: signingKey.spki,
      boundSub: signingKey.boundSub,
      expiresAt: signingKey.expiresAt,
    })
    .from(signingKey)
    .where(and(eq(signingKey.projectId, scope.projectId), inArray(signingKey.id, ids)));
}

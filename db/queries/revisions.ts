import { and, desc, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { member } from "#db/schema/members.ts";
import { resourceRevision } from "#db/schema/resources.ts";
import type { Scope } from "./scope.ts";

const publication = { number: resourceRevision.number, publishedAt: resourceRevision.publishedAt, publishedBy: member.name };

/** Who published what when, newest first; without the bodies. The newest 200. */
export async function listPublications(scope: Scope, db: Database, resourceId: string) {
  return await db
    .select(publication)
    .from(resourceRevision)
    .leftJoin(member, eq(member.id, resourceRevision.publishedBy))
    .where(and(eq(resourceRevision.projectId, scope.projectId), eq(resourceRevision.resourceId, resourceId)))
    .orderBy(desc(resourceRevision.number))
    .limit(200);
}

export async function findPublication(scope: Scope, db: Database, resourceId: string, number: number) {
  const [row] = await db
    .select(publication)
    .from(resourceRevision)
    .leftJoin(member, eq(member.id, resourceRevision.publishedBy))
    .where(
      and(
        eq(resourceRevision.projectId, scope.projectId),
        eq(resourceRevision.resourceId, resourceId),
        eq(resourceRevision.number, number),
      ),
    );
  return row ?? null;
}

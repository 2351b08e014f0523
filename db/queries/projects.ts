import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { project, projectMember, signingKey } from "#db/schema/members.ts";
import { resource, resourceName } from "#db/schema/resources.ts";
import { connectedUser } from "#db/schema/users.ts";
import type { Scope } from "./scope.ts";

/** The projects of one member, by name. */
export async function listProjects(db: Database, memberId: string) {
  return db
    .select({ id: project.id, name: project.name, role: projectMember.role, createdAt: project.createdAt })
    .from(projectMember)
    .innerJoin(project, eq(project.id, projectMember.projectId))
    .where(and(eq(projectMember.memberId, memberId), isNull(project.deletedAt)))
    .orderBy(asc(project.name), asc(project.id));
}
export type ProjectRow = Awaited<ReturnType<typeof listProjects>>[number];

export async function findProject(scope: Scope, db: Database) {
  const [row] = await db
    .select({ id: project.id, name: project.name, requireAudience: project.requireAudience, createdAt: project.createdAt })
    .from(project)
    .where(and(eq(project.id, scope.projectId), isNull(project.deletedAt)));
  return row ?? null;
}

/** Counted no further than this plus one: "1,000+". */
export const CONTENTS_LIMIT = 1_000;

/** What deleting a project would touch. */
export async function countProjectContents({ projectId }: Scope, db: Database) {
  const upTo = (table: typeof resource | typeof connectedUser | typeof projectMember | typeof signingKey, more = sql`true`) =>
    sql<number>`(select count(*)::int from (select 1 from ${table} t where t.project_id = ${projectId} and ${more} limit ${CONTENTS_LIMIT + 1}) counted)`;
  const [row] = await db
    .select({
      resources: upTo(resource, sql`t.deleted_at is null`),
      connectedUsers: upTo(connectedUser, sql`t.kind = 'user'`),
      members: upTo(projectMember),
      signingKeys: upTo(signingKey, sql`t.revoked_at is null and t.bound_sub is null`),
    })
    .from(project)
    .where(eq(project.id, projectId));
  return row ?? { resources: 0, connectedUsers: 0, members: 0, signingKeys: 0 };
}
export type ProjectContents = Awaited<ReturnType<typeof countProjectContents>>;

/** Names to jump to, by name: the first 500. */
export async function listResourceNames(scope: Scope, db: Database) {
  return db
    .select({ id: resource.id, name: resourceName.name })
    .from(resource)
    .innerJoin(
      resourceName,
      and(eq(resourceName.projectId, resource.projectId), eq(resourceName.resourceId, resource.id), eq(resourceName.isCurrent, true)),
    )
    .where(and(eq(resource.projectId, scope.projectId), isNull(resource.deletedAt)))
    .orderBy(asc(resourceName.name))
    .limit(500);
}

import { and, asc, desc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { invitation, member, project, projectMember, session } from "#db/schema/members.ts";
import type { Scope } from "./scope.ts";

/** Who a session belongs to, or null when it has ended. */
export async function findSession(db: Database, sessionId: string) {
  const [row] = await db
    .select({ id: member.id, name: member.name, email: member.email })
    .from(session)
    .innerJoin(member, eq(member.id, session.memberId))
    .where(and(eq(session.id, sessionId), gt(session.expiresAt, sql`now()`)));
  return row ?? null;
}
export type SignedInMember = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** Who a session belongs to and what they are in one project, in one statement. `membership` is null outside of it. */
export async function findSessionInProject(db: Database, sessionId: string, projectId: string) {
  const [row] = await db
    .select({
      member: { id: member.id, name: member.name, email: member.email },
      role: projectMember.role,
      projectName: project.name,
    })
    .from(session)
    .innerJoin(member, eq(member.id, session.memberId))
    .leftJoin(project, and(eq(project.id, projectId), isNull(project.deletedAt)))
    .leftJoin(projectMember, and(eq(projectMember.projectId, project.id), eq(projectMember.memberId, member.id)))
    .where(and(eq(session.id, sessionId), gt(session.expiresAt, sql`now()`)));
  if (!row) return null;
  const { role, projectName } = row;
  return { member: row.member, membership: role && projectName !== null ? { role, project: { id: projectId, name: projectName } } : null };
}

export async function anyMember(db: Database): Promise<boolean> {
  const rows = await db.select({ id: member.id }).from(member).limit(1);
  return rows.length > 0;
}

/**
 * Whether a member may make projects: an admin of some project, or who did the first setup. A deleted project counts until it is gone for
 * good, so that whoever deleted the last one can begin again. Members are never deleted: the oldest is who came first.
 */
export async function mayCreateProjects(db: Database, memberId: string): Promise<boolean> {
  const [row] = await db
    .select({
      may: sql<boolean>`
      exists (select from ${projectMember} m where m.member_id = ${memberId} and m.role = 'admin')
      or ${memberId} = (select id from ${member} order by created_at, id limit 1)`,
    })
    .from(sql`(select 1) one`);
  return row!.may;
}

/** Not so once single sign-on has taken its place. */
export async function hasPassword(db: Database, memberId: string): Promise<boolean> {
  const rows = await db
    .select({ id: member.id })
    .from(member)
    .where(and(eq(member.id, memberId), isNotNull(member.passwordHash)));
  return rows.length > 0;
}

export async function findMemberByEmailKey(db: Database, key: string) {
  const [row] = await db.select({ id: member.id, name: member.name, email: member.email }).from(member).where(eq(member.emailKey, key));
  return row ?? null;
}

/** The people of a project, admins first, then by name. */
export async function listMembers(scope: Scope, db: Database) {
  return db
    .select({ id: member.id, name: member.name, email: member.email, role: projectMember.role, joinedAt: projectMember.joinedAt })
    .from(projectMember)
    .innerJoin(member, eq(member.id, projectMember.memberId))
    .where(eq(projectMember.projectId, scope.projectId))
    .orderBy(sql`array_position(array['admin','editor','viewer'], ${projectMember.role})`, asc(member.name), asc(member.id));
}
export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number];

/** Invitations that still work, newest first. */
export async function listInvitations(scope: Scope, db: Database) {
  return db
    .select({
      id: invitation.id,
      role: invitation.role,
      email: invitation.email,
      invitedBy: member.name,
      createdAt: invitation.createdAt,
      expiresAt: invitation.expiresAt,
    })
    .from(invitation)
    .leftJoin(member, eq(member.id, invitation.invitedBy))
    .where(and(eq(invitation.projectId, scope.projectId), isNull(invitation.acceptedAt), gt(invitation.expiresAt, sql`now()`)))
    .orderBy(desc(invitation.createdAt), desc(invitation.id));
}
export type InvitationRow = Awaited<ReturnType<typeof listInvitations>>[number];

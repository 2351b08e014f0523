import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { invitation, projectMember } from "#db/schema/members.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import type { Role } from "./roles.ts";
import { endOtherSessions } from "./start-session.ts";

/** Counts from the member's next request. The last admin keeps the role. */
export async function changeRole(
  scope: Scope,
  db: Database,
  actor: Actor,
  { memberId, role }: { memberId: string; role: Role },
): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await lockMembership(scope, tx, memberId);
    if (before === role) return;
    if (before === "admin") await takeBackInvitations(scope, tx, memberId);
    await tx.update(projectMember).set({ role }).where(membership(scope, memberId));
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "member.change-role",
      subject: `member:${memberId}`,
      detail: { from: before, to: role },
    });
  });
}

/** Ends the member's access and their sessions at once, and takes back the invitations that they made. */
export async function removeMember(scope: Scope, db: Database, actor: Actor, { memberId }: { memberId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const role = await lockMembership(scope, tx, memberId);
    await takeBackInvitations(scope, tx, memberId);
    await tx.delete(projectMember).where(membership(scope, memberId));
    await endOtherSessions(tx, memberId, null);
    await recordAudit(tx, { ...scope, actor, action: "member.remove", subject: `member:${memberId}`, detail: { role } });
  });
}

const membership = ({ projectId }: Scope, memberId: string) =>
  and(eq(projectMember.projectId, projectId), eq(projectMember.memberId, memberId));

/**
 * The member's role, with all admins of the project locked in one order: two admins who remove each other at once come one
 * after the other, and the second finds themselves the last.
 */
async function lockMembership(scope: Scope, tx: Database, memberId: string): Promise<Role> {
  const admins = await tx
    .select({ memberId: projectMember.memberId })
    .from(projectMember)
    .where(and(eq(projectMember.projectId, scope.projectId), eq(projectMember.role, "admin")))
    .orderBy(projectMember.memberId)
    .for("update");
  const [row] = await tx.select({ role: projectMember.role }).from(projectMember).where(membership(scope, memberId)).for("update");
  if (!row) throw new AppError("not_found", "This person is not a member of the project any more. Reload the page.");
  if (row.role === "admin" && admins.length === 1)
    throw new AppError("conflict", "This is the project’s only admin. Make someone else an admin first.");
  return row.role;
}

const takeBackInvitations = ({ projectId }: Scope, tx: Database, memberId: string) =>
  tx.delete(invitation).where(and(eq(invitation.projectId, projectId), eq(invitation.invitedBy, memberId), isNull(invitation.acceptedAt)));

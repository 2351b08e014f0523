import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import { MembersPage } from "#components/settings/members-page.tsx";
import { getDatabase } from "#db/client.ts";
import { listInvitations, listMembers } from "#db/queries/members.ts";
import { can } from "#lib/projects/roles.ts";
import { changeRoleAction, inviteAction, removeMemberAction, revokeInvitationAction } from "./actions.ts";

export const metadata: Metadata = { title: "Members" };

export default async function MembersSettingsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  const { scope, project, member, role } = await requireMember(projectId, "members.read");
  const { db } = getDatabase();
  const mayWrite = can(role, "members.write");
  const [members, invitations] = await Promise.all([listMembers(scope, db), mayWrite ? listInvitations(scope, db) : []]);
  return (
    <MembersPage
      projectId={projectId}
      projectName={project.name}
      self={member.id}
      members={members.map(({ joinedAt, ...row }) => ({ ...row, joinedAt: joinedAt.toISOString() }))}
      invitations={invitations.map(({ id, role, email, invitedBy, expiresAt }) => ({
        id,
        role,
        email,
        invitedBy,
        expiresAt: expiresAt.toISOString(),
      }))}
      actions={
        mayWrite
          ? { invite: inviteAction, revoke: revokeInvitationAction, changeRole: changeRoleAction, remove: removeMemberAction }
          : undefined
      }
    />
  );
}

"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Avatar } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { ROLE_LABEL, ROLE_SUMMARY, ROLES, type Role } from "#lib/projects/roles.ts";
import type { Invite } from "./invite-dialog.tsx";

const InviteDialog = lazyDialog(async () => (await import("./invite-dialog.tsx")).InviteDialog);

type Member = { id: string; name: string; email: string; role: Role; joinedAt: string };
type Invitation = { id: string; role: Role; email: string | null; invitedBy: string | null; expiresAt: string };

export interface MembersPageProps {
  projectId: string;
  projectName: string;
  /** The id of the member who looks. */
  self: string;
  members: readonly Member[];
  invitations: readonly Invitation[];
  /** Left out for those who may not. */
  actions?: {
    invite: Invite;
    revoke: (values: { projectId: string; invitationId: string }) => Promise<ActionResult<null>>;
    changeRole: (values: { projectId: string; memberId: string; role: Role }) => Promise<ActionResult<null>>;
    remove: (values: { projectId: string; memberId: string }) => Promise<ActionResult<{ self: boolean }>>;
  };
}

export function MembersPage({ projectId, projectName, self, members, invitations, actions }: MembersPageProps) {
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
  return (
    <div className="stack">
      <Card
        title="Members"
        note="People who sign in to this project."
        flush
        actions={
          actions && (
            <Button variant="primary" onClick={() => setInviting(true)}>
              <UserPlus aria-hidden />
              Invite
            </Button>
          )
        }
      >
        <Table caption="Members" cards>
          <thead>
            <tr>
              <Column>Name</Column>
              <Column>Email</Column>
              <Column>Role</Column>
              <Column>Joined</Column>
              <Column numeric>
                <span className="sr-only">Actions</span>
              </Column>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.id}>
                <Cell className="max-sm:order-1">
                  <span className="flex min-w-0 items-center gap-2">
                    <Avatar name={member.name} />
                    <b className="cut">{member.name}</b>
                    {member.id === self && <span className="text-3">you</span>}
                  </span>
                </Cell>
                <Cell card="line" className="max-sm:order-3">
                  {member.email}
                </Cell>
                <Cell card="right" className="max-sm:order-2">
                  {actions ? (
                    <RoleSelect member={member} send={(role) => actions.changeRole({ projectId, memberId: member.id, role })} />
                  ) : (
                    ROLE_LABEL[member.role]
                  )}
                </Cell>
                <Cell card="hide">
                  <RelativeTime date={member.joinedAt} />
                </Cell>
                <Cell numeric card="right" className="max-sm:order-4">
                  {actions && (
                    <Button variant="ghost" size="small" aria-label={`Remove ${member.name}`} onClick={() => setRemoving(member)}>
                      Remove
                    </Button>
                  )}
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </Card>
      {actions && invitations.length > 0 && <Invitations projectId={projectId} invitations={invitations} revoke={actions.revoke} />}
      <RoleLegend />
      {actions && (
        <>
          <InviteDialog open={inviting} onOpenChange={setInviting} projectId={projectId} invite={actions.invite} />
          <RemoveMember
            projectName={projectName}
            member={removing}
            onClose={() => setRemoving(null)}
            send={(memberId) => actions.remove({ projectId, memberId })}
          />
        </>
      )}
    </div>
  );
}

function RoleSelect({ member, send }: { member: Member; send: (role: Role) => Promise<ActionResult<null>> }) {
  // The server's word decides: until it answers, and when it refuses, the select shows what is.
  const [pending, setPending] = useState<Role | null>(null);
  const change = async (role: Role) => {
    setPending(role);
    const result = await send(role).catch(() => null);
    setPending(null);
    if (result?.ok) toast.success({ title: `${member.name} is now ${ROLE_LABEL[role].toLowerCase()}` });
    else toast.error({ title: "The role wasn’t changed", text: result?.error.message ?? "The server can’t be reached." });
  };
  return (
    <Select
      size="small"
      aria-label={`Role of ${member.name}`}
      value={pending ?? member.role}
      disabled={pending !== null}
      onChange={(event) => void change(event.target.value as Role)}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {ROLE_LABEL[role]}
        </option>
      ))}
    </Select>
  );
}

function Invitations(props: {
  projectId: string;
  invitations: readonly Invitation[];
  revoke: NonNullable<MembersPageProps["actions"]>["revoke"];
}) {
  const { projectId, invitations, revoke } = props;
  const takeBack = async (invitationId: string) => {
    const result = await revoke({ projectId, invitationId }).catch(() => null);
    if (result?.ok) toast.success({ title: "Invitation taken back", text: "Its link doesn’t work any more." });
    else toast.error({ title: "The invitation still works", text: result?.error.message ?? "The server can’t be reached." });
  };
  return (
    <Card title="Open invitations" note="Each link works once." flush>
      <Table caption="Open invitations" cards>
        <thead>
          <tr>
            <Column>For</Column>
            <Column>Role</Column>
            <Column>Invited by</Column>
            <Column>Works until</Column>
            <Column numeric>
              <span className="sr-only">Actions</span>
            </Column>
          </tr>
        </thead>
        <tbody>
          {invitations.map(({ id, role, email, invitedBy, expiresAt }) => (
            <tr key={id}>
              <Cell className="max-sm:order-1">{email ?? "Anyone with the link"}</Cell>
              <Cell card="line" className="max-sm:order-3 max-sm:pl-0!">
                {ROLE_LABEL[role]}
              </Cell>
              <Cell card="hide">{invitedBy ?? "A former member"}</Cell>
              <Cell card="right" className="max-sm:order-4">
                <span className="sm:hidden">Until </span>
                <RelativeTime date={expiresAt} />
              </Cell>
              <Cell numeric card="right" className="max-sm:order-2">
                <Button
                  variant="ghost"
                  size="small"
                  aria-label={`Revoke the invitation for ${email ?? "anyone with the link"}`}
                  onClick={() => void takeBack(id)}
                >
                  Revoke
                </Button>
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function RemoveMember(props: {
  projectName: string;
  member: Member | null;
  onClose: () => void;
  send: (memberId: string) => Promise<ActionResult<{ self: boolean }>>;
}) {
  const { projectName, member, onClose, send } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const confirm = async () => {
    if (!member) return;
    setBusy(true);
    const result = await send(member.id).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result?.error.message ?? "The server can’t be reached. Check the connection and try again.");
    if (result.data.self) return window.location.assign("/sign-in");
    toast.success({ title: `${member.name} was removed` });
    close();
  };
  return (
    <LateConfirmDialog
      open={member !== null}
      onOpenChange={(open) => !open && close()}
      title={`Remove ${member?.name} from ${projectName}?`}
      text="Their access ends at once: they are signed out everywhere, and the invitations they made stop working. What they built stays. An admin can invite them again."
      action="Remove member"
      busyAction="Removing…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}

function RoleLegend() {
  return (
    <dl className="ui-dl text-12" data-size="small">
      {ROLES.map((role) => (
        <div key={role} className="contents">
          <dt>{ROLE_LABEL[role]}</dt>
          <dd className="text-2">{ROLE_SUMMARY[role]}</dd>
        </div>
      ))}
    </dl>
  );
}

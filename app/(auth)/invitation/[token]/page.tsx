import type { Metadata } from "next";
import { currentMember } from "#app/_gates/session.ts";
import { signOutAction } from "#app/_gates/sign-out-actions.ts";
import { hasSingleSignOn } from "#app/_gates/single-sign-on.ts";
import { JoinAsNewForm, JoinForm } from "#components/auth/invitation-form.tsx";
import { GateLayout } from "#components/shell/gate-layout.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { getDatabase } from "#db/client.ts";
import { invitationPath, signInPath } from "#lib/paths.ts";
import { readInvitation } from "#lib/projects/invite-member.ts";
import { ROLE_LABEL, ROLE_SUMMARY } from "#lib/projects/roles.ts";
import { joinAction, joinAsNewAction, joinBySingleSignOnAction } from "./actions.ts";

export const metadata: Metadata = { title: "Invitation" };

export default async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const [offer, member] = await Promise.all([readInvitation(getDatabase().db, token), currentMember()]);
  if (!offer) return <Closed />;
  const { projectName, role, invitedBy } = offer;
  const lead = `${invitedBy ?? "An admin"} invited you as ${ROLE_LABEL[role].toLowerCase()}. ${ROLE_SUMMARY[role]}.`;
  return (
    <GateLayout title={`Join ${projectName}`} lead={lead}>
      {member ? (
        <JoinForm token={token} email={member.email} join={joinAction} signOut={signOutAction} />
      ) : (
        <JoinAsNewForm
          token={token}
          email={offer.email}
          signInHref={`${signInPath()}?next=${encodeURIComponent(invitationPath(token))}`}
          join={joinAsNewAction}
          singleSignOn={hasSingleSignOn() ? joinBySingleSignOnAction : undefined}
        />
      )}
    </GateLayout>
  );
}

function Closed() {
  return (
    <GateLayout title="This invitation doesn’t work" lead="It was used, taken back, or is older than 7 days.">
      <p className="mb-5">Ask an admin of the project for a new one. If you joined already, sign in.</p>
      <ButtonLink href={signInPath()} variant="primary" size="large" className="w-full">
        Go to sign in
      </ButtonLink>
    </GateLayout>
  );
}

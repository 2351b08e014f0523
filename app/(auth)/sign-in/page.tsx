import { Server } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeNext } from "#app/_gates/safe-next.ts";
import { currentMember } from "#app/_gates/session.ts";
import { hasSingleSignOn } from "#app/_gates/single-sign-on.ts";
import { SignInForm } from "#components/auth/sign-in-form.tsx";
import { GateLayout } from "#components/shell/gate-layout.tsx";
import { getDatabase } from "#db/client.ts";
import { anyMember } from "#db/queries/members.ts";
import { env } from "#lib/env.ts";
import { signInAction, singleSignOnAction } from "./actions.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { next, error } = await searchParams;
  const target = safeNext(typeof next === "string" ? next : null);
  if (await currentMember()) redirect(target ?? "/");
  if (!(await anyMember(getDatabase().db))) return <NotSetUp />;
  return (
    <GateLayout title="Sign in" lead={`to ${new URL(env().PATCHBAY_URL).host}`} foot={<SelfHosted />}>
      <SignInForm
        next={target}
        refusal={typeof error === "string" ? refusalOf(error) : null}
        signIn={signInAction}
        singleSignOn={hasSingleSignOn() ? singleSignOnAction : undefined}
      />
    </GateLayout>
  );
}

function NotSetUp() {
  return (
    <GateLayout title="Set up Patchbay first" lead="Nobody has an account here yet." foot={<SelfHosted />}>
      <p>
        Open the one-time setup link that the server printed when it started. Start it again for a new link: the one before stops working.
      </p>
    </GateLayout>
  );
}

function SelfHosted() {
  return (
    <p className="flex items-center gap-2">
      <Server aria-hidden className="icon-s" />
      Self-hosted. Your data stays on this server.
    </p>
  );
}

const AGAIN =
  "Signing in didn’t work. Try again; if it stays, ask who runs this server to look at the single sign-on settings and the log.";

/** By next-auth's error codes, and ours. */
const REFUSALS: Record<string, string> = {
  CredentialsSignin: "That email and password don’t match. Check both and try again.",
  OAuthCallbackError: "Your identity provider ended the sign-in: it was cancelled, or you may not use this application there.",
  unverified:
    "Your identity provider doesn’t say that it has verified your email, so it could be anyone’s. Verify it there, then sign in again.",
  "not-invited": "No member has this email. Ask an admin to invite you first, then open the invitation link.",
  "other-address": "The invitation is for another email than the one your identity provider told. Ask for an invitation for yours.",
  "invitation-closed": "The invitation was used, taken back or is older than 7 days. Ask an admin of the project for a new one.",
};
const refusalOf = (code: string): string => REFUSALS[code] ?? AGAIN;

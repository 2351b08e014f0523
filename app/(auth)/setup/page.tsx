import type { Metadata } from "next";
import { SetupForm } from "#components/auth/setup-form.tsx";
import { GateLayout } from "#components/shell/gate-layout.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Status } from "#components/ui/status.tsx";
import { getDatabase } from "#db/client.ts";
import { signInPath } from "#lib/paths.ts";
import { isSetupToken } from "#lib/projects/setup-link.ts";
import { keyRing } from "#lib/vault/keys.ts";
import { setUpAction } from "./actions.ts";

export const metadata: Metadata = { title: "Set up" };

export default async function SetupPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { token } = await searchParams;
  if (typeof token !== "string" || !(await isSetupToken(getDatabase().db, token))) return <LinkUsed />;
  return (
    <GateLayout title="Set up Patchbay" lead="This link works once. You become the first admin." foot={<Ready />}>
      <SetupForm token={token} setUp={setUpAction} />
    </GateLayout>
  );
}

/** Both are facts by now: the token was read from the database, and the key is loaded here. */
function Ready() {
  keyRing();
  return (
    <ul className="flex flex-wrap gap-4">
      {["Database ready", "Encryption key loaded"].map((fact) => (
        <li key={fact}>
          <Status tone="success" className="text-12">
            <span className="text-2">{fact}</span>
          </Status>
        </li>
      ))}
    </ul>
  );
}

function LinkUsed() {
  return (
    <GateLayout title="This link doesn’t work" lead="It was used already, or a newer start of the server has replaced it.">
      <p className="mb-5">If you have an account, sign in. If nobody has one, use the link that the server printed last.</p>
      <ButtonLink href={signInPath()} variant="primary" size="large" className="w-full">
        Go to sign in
      </ButtonLink>
    </GateLayout>
  );
}

import type { Metadata } from "next";
import { cookies } from "next/headers";
import { requireSignedIn } from "#app/_gates/session.ts";
import { signOutAction, signOutEverywhereAction } from "#app/_gates/sign-out-actions.ts";
import { AccountPage } from "#components/projects/account-page.tsx";
import { PlainFrame } from "#components/projects/plain-frame.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { getDatabase } from "#db/client.ts";
import { hasPassword } from "#db/queries/members.ts";
import { changeNameAction, changePasswordAction } from "./actions.ts";

export const metadata: Metadata = { title: "Your account" };

export default async function YourAccountPage() {
  const { id, name, email } = await requireSignedIn();
  return (
    <PlainFrame account={{ name, email }} theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)} signOut={signOutAction}>
      <AccountPage
        account={{ name, email, hasPassword: await hasPassword(getDatabase().db, id) }}
        changeName={changeNameAction}
        changePassword={changePasswordAction}
        signOutEverywhere={signOutEverywhereAction}
      />
    </PlainFrame>
  );
}

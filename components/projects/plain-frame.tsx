"use client";

import type { ReactNode } from "react";
import { type Account, AccountMenu } from "#components/shell/account-menu.tsx";
import { Logo } from "#components/shell/logo.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { ThemeSwitch } from "#components/shell/theme-switch.tsx";
import { useSignOut } from "./use-sign-out.ts";

export interface PlainFrameProps {
  account: Account;
  theme: Theme;
  signOut: () => Promise<unknown>;
  children: ReactNode;
}

/** Around the pages that belong to no project. */
export function PlainFrame({ account, theme, signOut, children }: PlainFrameProps) {
  const leave = useSignOut(signOut);
  return (
    <>
      <header className="shell-top">
        <Logo />
        <span className="ml-auto" />
        <ThemeSwitch theme={theme} />
        <AccountMenu account={account} onSignOut={leave} />
      </header>
      <main id="main" className="mx-auto max-w-180 px-8 py-8 max-sm:px-4" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

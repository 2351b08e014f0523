"use client";

import { BookOpen, Keyboard, Menu as MenuIcon, Search } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { type Account, AccountMenu } from "./account-menu.tsx";
import type { Commands, Shortcut } from "./commands.ts";
import { Logo } from "./logo.tsx";
import { type ProjectChoice, ProjectSwitcher } from "./project-switcher.tsx";
import { ShellCommands, useOpenOverlay } from "./shell-commands.tsx";
import { type NavItem, SidebarNav } from "./sidebar-nav.tsx";
import type { Theme } from "./theme.ts";
import { ThemeSwitch } from "./theme-switch.tsx";

const NavDrawer = lazy(() => import("./nav-drawer.tsx").then((module) => ({ default: module.NavDrawer })));

export interface AppShellProps {
  project: ProjectChoice;
  projects: readonly ProjectChoice[];
  onCreateProject?: () => void;
  /** Only what exists: a dead entry is worse than none. */
  nav: readonly NavItem[];
  documentationHref?: string;
  account: Account;
  onSignOut: () => void;
  theme: Theme;
  commands: Commands;
  shortcuts?: readonly Shortcut[];
  /** A slim strip above the top bar, such as `TrialBanner`. */
  banner?: ReactNode;
  children: ReactNode;
}

/** Sidebar and top bar around a page; below 720 px the sidebar is a drawer. The page brings no `<main>` of its own. */
export function AppShell({ commands, shortcuts, children, banner, ...frame }: AppShellProps) {
  return (
    <ShellCommands commands={commands} shortcuts={shortcuts}>
      <div className="shell-app">
        <aside className="shell-side">
          <Sidebar {...frame} />
        </aside>
        <div className="shell-main">
          {banner}
          <TopBar {...frame} />
          <main id="main" className="shell-page" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
    </ShellCommands>
  );
}

type Frame = Omit<AppShellProps, "commands" | "shortcuts" | "children" | "banner">;

function Sidebar({ project, nav, documentationHref }: Frame) {
  const open = useOpenOverlay();
  return (
    <div className="shell-side-inner">
      <Logo href={project.href} />
      <SidebarNav items={nav} />
      <div className="shell-nav shell-nav-foot">
        {documentationHref && (
          <a href={documentationHref}>
            <BookOpen aria-hidden />
            Documentation
          </a>
        )}
        <button type="button" onClick={() => open("shortcuts")}>
          <Keyboard aria-hidden />
          Shortcuts
          <span className="shell-nav-count">
            <Kbd keys={["?"]} />
          </span>
        </button>
      </div>
    </div>
  );
}

function TopBar(frame: Frame) {
  const open = useOpenOverlay();
  const [drawer, setDrawer] = useState<boolean | null>(null);
  return (
    <header className="shell-top">
      <IconButton label="Open navigation" icon={<MenuIcon aria-hidden />} className="-ml-2 sm:hidden" onClick={() => setDrawer(true)} />
      {drawer !== null && (
        <Suspense>
          <NavDrawer open={drawer} onOpenChange={setDrawer}>
            <Sidebar {...frame} />
          </NavDrawer>
        </Suspense>
      )}
      <ProjectSwitcher current={frame.project} projects={frame.projects} onCreate={frame.onCreateProject} />
      <button type="button" className="shell-find max-sm:hidden" onClick={() => open("palette")} aria-keyshortcuts="Control+K Meta+K">
        <Search aria-hidden className="icon-s" />
        <span>Search or jump to</span>
        <Kbd keys={["Ctrl", "K"]} />
      </button>
      <IconButton label="Search or jump to" icon={<Search aria-hidden />} className="ml-auto sm:hidden" onClick={() => open("palette")} />
      <ThemeSwitch theme={frame.theme} />
      <AccountMenu account={frame.account} onSignOut={frame.onSignOut} />
    </header>
  );
}

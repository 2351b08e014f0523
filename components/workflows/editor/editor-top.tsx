"use client";

import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Mark } from "#components/shell/logo.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { ThemeSwitch } from "#components/shell/theme-switch.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { workflowsPath } from "#lib/paths.ts";

export interface EditorTopProps {
  projectId: string;
  name: string;
  badge: ReactNode;
  saved: ReactNode;
  theme: Theme;
  /** At the right: switches and buttons, the one that acts last. */
  children: ReactNode;
}

export function EditorTop({ projectId, name, badge, saved, theme, children }: EditorTopProps) {
  return (
    <header className="shell-top">
      <Link href={workflowsPath(projectId)} aria-label="Patchbay, Workflows" className="grid size-6 flex-none place-items-center text-1">
        <Mark />
      </Link>
      <nav className="ui-crumbs" aria-label="Breadcrumb">
        <Link className="max-sm:hidden" href={workflowsPath(projectId)}>
          Workflows
        </Link>
        <ChevronRight aria-hidden className="max-sm:hidden" />
        <b className="cut text-1">{name}</b>
        {badge}
      </nav>
      <div className="ml-auto flex items-center gap-3">{saved}</div>
      <ThemeSwitch theme={theme} className="max-sm:hidden" />
      {children}
    </header>
  );
}

"use client";

import { ChevronRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Mark } from "./logo.tsx";
import type { Theme } from "./theme.ts";

// A menu is the largest thing in the bar, and the least used.
const ThemeSwitch = lazyPart(async () => (await import("./theme-switch.tsx")).ThemeSwitch, <span className="size-8 max-sm:hidden" />);

export interface WorkTopProps {
  /** Where the mark leads: the list that the thing belongs to. */
  home: { label: string; href: string };
  /** What the thing lies in; on a phone only its own name has room. Without an address: it is gone. */
  parents: readonly { label: string; href?: string }[];
  name: string;
  badge?: ReactNode;
  /** A `SavedIndicator`. */
  saved?: ReactNode;
  theme: Theme;
  /** At the right: what acts on the whole, the main thing last. */
  children: ReactNode;
}

/** The bar of a page that is for one piece of work and has no sidebar. */
export function WorkTop({ home, parents, name, badge, saved, theme, children }: WorkTopProps) {
  return (
    <header className="shell-top">
      <Link href={home.href} aria-label={`Patchbay, ${home.label}`} className="grid size-6 flex-none place-items-center text-1">
        <Mark />
      </Link>
      <nav className="ui-crumbs" aria-label="Breadcrumb">
        {parents.map(({ label, href }) => (
          <Fragment key={label}>
            {href ? (
              <Link className="cut max-sm:hidden" href={href}>
                {label}
              </Link>
            ) : (
              <span className="cut max-sm:hidden">{label}</span>
            )}
            <ChevronRight aria-hidden className="max-sm:hidden" />
          </Fragment>
        ))}
        <b className="cut text-1">{name}</b>
        {badge && <span className="ml-1">{badge}</span>}
      </nav>
      <div className="ml-auto flex items-center gap-3">{saved}</div>
      <ThemeSwitch theme={theme} className="max-sm:hidden" />
      {children}
    </header>
  );
}

"use client";

import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useNavigation } from "#components/ui/navigation.tsx";

export interface NavItem {
  href: string;
  /** Where pages of this section have their addresses besides. */
  also?: string;
  label: string;
  icon: ReactNode;
  /** Things that need attention; shown red when above 0. */
  attention?: number;
}

/** The present section is the one whose address begins the present address. */
export function SidebarNav({ items }: { items: readonly NavItem[] }) {
  const { pathname } = useNavigation();
  const isHere = (href: string) => pathname === href || pathname.startsWith(`${href}/`);
  return (
    <nav className="shell-nav" aria-label="Main">
      {items.map((item) => (
        <Link key={item.href} href={item.href} aria-current={isHere(item.href) || (item.also && isHere(item.also)) ? "page" : undefined}>
          {item.icon}
          {item.label}
          {Boolean(item.attention) && (
            <span className="shell-nav-count" data-danger>
              <CircleAlert aria-hidden className="icon-s" />
              <span className="sr-only">Needs attention: </span>
              {item.attention}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

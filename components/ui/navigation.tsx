"use client";

import { type AnchorHTMLAttributes, createContext, type ReactNode, type Ref, use } from "react";

export type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; ref?: Ref<HTMLAnchorElement> };

/** What components need to move between pages, without knowing the framework. `app/providers.tsx` supplies the router's own. */
export interface Navigation {
  navigate: (href: string) => void;
  pathname: string;
}

const NavigationContext = createContext<Navigation>({
  navigate: (href) => window.location.assign(href),
  pathname: "",
});

export function NavigationProvider({ children, ...navigation }: Navigation & { children: ReactNode }) {
  return <NavigationContext value={navigation}>{children}</NavigationContext>;
}

export const useNavigation = () => use(NavigationContext);

/** An anchor. It moves within the app without a reload, as every anchor does: `useFollowLinks` listens for them all. */
export function Link(props: LinkProps) {
  return <a {...props} />;
}

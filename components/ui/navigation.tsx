"use client";

import { type AnchorHTMLAttributes, type ComponentType, createContext, type ReactNode, type Ref, use } from "react";

export type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; ref?: Ref<HTMLAnchorElement> };

/** What components need to move between pages, without knowing the framework. `app/providers.tsx` supplies the router's own. */
export interface Navigation {
  link: ComponentType<LinkProps> | "a";
  navigate: (href: string) => void;
  pathname: string;
}

const NavigationContext = createContext<Navigation>({
  link: "a",
  navigate: (href) => window.location.assign(href),
  pathname: "",
});

export function NavigationProvider({ children, ...navigation }: Navigation & { children: ReactNode }) {
  return <NavigationContext value={navigation}>{children}</NavigationContext>;
}

export const useNavigation = () => use(NavigationContext);

/** An anchor that moves within the app without a reload; a plain `<a>` where no provider is above it. */
export function Link(props: LinkProps) {
  const { link: Anchor } = useNavigation();
  return <Anchor {...props} />;
}

"use client";

import { useEffect } from "react";

export interface Router {
  push: (href: string) => void;
  prefetch: (href: string) => void;
}

/**
 * Anchors to pages of ours move without a reload. One listener for all of them: the framework's own link is a component with state
 * around each, and asks the server for every page whose link is seen; a list of fifty rows did so fifty times. Here a page is
 * fetched ahead when the pointer comes to its link.
 */
export function useFollowLinks({ push, prefetch }: Router): void {
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const href = pageOf(event.target);
      const wantsOtherPlace = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (href === null || wantsOtherPlace || event.defaultPrevented) return;
      event.preventDefault();
      push(href);
    };
    let last: string | null = null;
    const fetchAhead = (event: PointerEvent) => {
      const href = pageOf(event.target);
      if (href !== null && href !== last) prefetch(href);
      last = href;
    };
    document.addEventListener("click", follow);
    document.addEventListener("pointerover", fetchAhead, { passive: true });
    return () => {
      document.removeEventListener("click", follow);
      document.removeEventListener("pointerover", fetchAhead);
    };
  }, [push, prefetch]);
}

/** The address that the link at hand leads to within this app; null for a place on the same page, another site or a download. */
function pageOf(target: EventTarget | null): string | null {
  const anchor = target instanceof Element ? target.closest("a") : null;
  if (!(anchor instanceof HTMLAnchorElement) || !anchor.hasAttribute("href") || anchor.hasAttribute("download")) return null;
  if ((anchor.target && anchor.target !== "_self") || anchor.origin !== window.location.origin) return null;
  const { pathname, search } = window.location;
  if (anchor.hash && anchor.pathname === pathname && anchor.search === search) return null;
  return anchor.pathname + anchor.search + anchor.hash;
}

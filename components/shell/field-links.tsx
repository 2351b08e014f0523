"use client";

import type { MouseEvent, ReactNode } from "react";

export interface FieldLinksProps<Step extends string> {
  steps: readonly Step[];
  /** What ids of fields begin with, before the field's path. */
  prefix: string;
  onLeaveField: () => void;
  onReveal: (step: Step, path: string) => void;
  children: ReactNode;
}

/** Around a wizard: links to fields, wherever they stand, go there without a reload. */
export function FieldLinks<Step extends string>({ steps, prefix, onLeaveField, onReveal, children }: FieldLinksProps<Step>) {
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const path = link?.hash.startsWith(`#${prefix}`) ? decodeURIComponent(link.hash.slice(prefix.length + 1)) : null;
    const step = path && steps.find((each) => link?.pathname.endsWith(`/${each}`));
    if (!path || !step) return;
    event.preventDefault();
    onReveal(step, path);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: only links are listened for, and Enter clicks them.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above.
    <div onClick={follow} onBlur={onLeaveField}>
      {children}
    </div>
  );
}

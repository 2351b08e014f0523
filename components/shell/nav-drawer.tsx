"use client";

import * as Radix from "radix-ui/dialog";
import type { MouseEvent, ReactNode } from "react";
import { useFocusReturn } from "#components/ui/use-focus-return.ts";

/** The sidebar on narrow screens. Going anywhere closes it. */
export function NavDrawer({ open, onOpenChange, children }: { open: boolean; onOpenChange: (open: boolean) => void; children: ReactNode }) {
  const focusReturn = useFocusReturn();
  const closeOnAct = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest("a, button")) onOpenChange(false);
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="ui-scrim" />
        <Radix.Content {...focusReturn} className="shell-drawer" aria-describedby={undefined} onClick={closeOnAct}>
          <Radix.Title className="sr-only">Navigation</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

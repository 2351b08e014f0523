"use client";

import { createContext, lazy, type ReactNode, Suspense, use, useEffect, useState } from "react";
import type { Commands, Shortcut } from "./commands.ts";

const CommandPalette = lazy(() => import("./command-palette.tsx").then((module) => ({ default: module.CommandPalette })));
const ShortcutsDialog = lazy(() => import("./shortcuts-dialog.tsx").then((module) => ({ default: module.ShortcutsDialog })));

type Overlay = "palette" | "shortcuts";

const OpenOverlay = createContext<(overlay: Overlay) => void>(() => {});

/** Opens the palette or the list of shortcuts, from anywhere below `ShellCommands`. */
export const useOpenOverlay = () => use(OpenOverlay);

const everywhere: readonly Shortcut[] = [
  { keys: ["Ctrl", "K"], does: "Search or jump to" },
  { keys: ["?"], does: "List shortcuts" },
];

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

export interface ShellCommandsProps {
  commands: Commands;
  /** Keys of the page at hand, listed under those that work everywhere. */
  shortcuts?: readonly Shortcut[];
  children: ReactNode;
}

/** Listens for Ctrl or Cmd K and `?`. Palette and dialog are fetched when first asked for. */
export function ShellCommands({ commands, shortcuts = [], children }: ShellCommandsProps) {
  const [open, setOpen] = useState<Overlay | null>(null);
  const [fetched, setFetched] = useState<ReadonlySet<Overlay>>(new Set());

  const show = (overlay: Overlay) => {
    setFetched((before) => new Set(before).add(overlay));
    setOpen(overlay);
  };

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        show("palette");
      } else if (event.key === "?" && !isTyping(event.target) && !document.querySelector("[role=dialog]")) {
        event.preventDefault();
        show("shortcuts");
      }
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });

  const toggle = (overlay: Overlay) => (next: boolean) => setOpen(next ? overlay : null);
  return (
    <OpenOverlay value={show}>
      {children}
      <Suspense>
        {fetched.has("palette") && <CommandPalette open={open === "palette"} onOpenChange={toggle("palette")} commands={commands} />}
        {fetched.has("shortcuts") && (
          <ShortcutsDialog open={open === "shortcuts"} onOpenChange={toggle("shortcuts")} shortcuts={[...everywhere, ...shortcuts]} />
        )}
      </Suspense>
    </OpenOverlay>
  );
}

import type { ReactNode } from "react";

export interface Command {
  id: string;
  label: string;
  /** At the right: what it is, or its keys. */
  hint?: string;
  icon?: ReactNode;
  /** More words to find it by. */
  keywords?: readonly string[];
  /** Goes there; or acts. */
  href?: string;
  onSelect?: () => void;
}

export interface CommandGroup {
  label: string;
  commands: readonly Command[];
}

export interface Shortcut {
  keys: readonly string[];
  does: string;
}

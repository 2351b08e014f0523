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

/** What the palette offers, asked for each time it opens: pages don't carry what most visits never look at. */
export interface Commands {
  /** What is known at once. */
  list: () => readonly CommandGroup[];
  /** What has to be fetched, by the same groups; null where it can't be. */
  fetch?: () => Promise<readonly CommandGroup[] | null>;
}

export interface Shortcut {
  keys: readonly string[];
  does: string;
}

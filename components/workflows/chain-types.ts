import { createContext, type ReactNode } from "react";
import type { Hue } from "#components/ui/tile.tsx";

/** Where a step stands: in the main chain, or in a branch of the step `parent`. */
export type ChainPlace = { parent: string | null; branch: "then" | "else" | "steps" | null; index: number };

/** How a run went through it: not reached is pale. */
export type ChainState = "taken" | "failed" | "running" | "skipped";

export interface ChainItem {
  id: string;
  icon: ReactNode;
  hue?: Hue;
  /** "TaskLab Request". */
  kind: string;
  /** Its name in words. */
  label: string;
  /** Shown in place of `label`. */
  title?: ReactNode;
  /** At the right: how the last test went, or what is to fix. */
  chip?: ReactNode;
  state?: ChainState;
  /** `fork`: branches stand side by side. `fan`: they stand in a frame, under the card. */
  frame?: "fork" | "fan";
  branches?: readonly { key: "then" | "else" | "steps"; label: string; state?: ChainState; items: readonly ChainItem[] }[];
}

export interface ChainShown {
  selected?: string | null;
  onSelect?: (id: string) => void;
  /** The button on the cable before a card. */
  renderPlus?: (place: ChainPlace) => ReactNode;
  /** What ends a list. */
  renderEnd?: (place: ChainPlace, isEmpty: boolean) => ReactNode;
}

export const ChainContext = createContext<ChainShown>({});

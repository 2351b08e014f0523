import { clsx } from "clsx";
import type { ReactNode } from "react";

export type Hue = 1 | 2 | 3 | 4 | 5 | 6;

export interface TileProps {
  /** An icon, or a letter. Decoration: the name stands beside it. */
  children: ReactNode;
  hue?: Hue;
  size?: "medium" | "large";
  className?: string;
}

export function Tile({ children, hue, size = "medium", className }: TileProps) {
  return (
    <span
      className={clsx("ui-tile", className)}
      data-hue={hue}
      data-size={size}
      data-letter={typeof children === "string" || undefined}
      aria-hidden
    >
      {children}
    </span>
  );
}

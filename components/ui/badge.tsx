import { clsx } from "clsx";
import type { HTMLAttributes, ReactNode } from "react";

export interface BadgeProps extends HTMLAttributes<HTMLSpanElement> {
  tone?: "neutral" | "success" | "warning" | "danger" | "info" | "accent";
  /** State is never told by colour alone: give an icon with every tone but neutral. */
  icon?: ReactNode;
}

/** An object's status in a head or a chip: subtle fill, icon and word. */
export function Badge({ tone = "neutral", icon, className, children, ...rest }: BadgeProps) {
  return (
    <span {...rest} className={clsx("ui-badge", className)} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}

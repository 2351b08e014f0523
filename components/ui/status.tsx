import { clsx } from "clsx";
import { CircleCheck, CircleDashed, CircleX, Info, TriangleAlert } from "lucide-react";
import type { HTMLAttributes, ReactNode } from "react";

export type StatusTone = "success" | "warning" | "danger" | "info" | "idle";

const defaultIcon: Record<StatusTone, ReactNode> = {
  success: <CircleCheck aria-hidden />,
  warning: <TriangleAlert aria-hidden />,
  danger: <CircleX aria-hidden />,
  info: <Info aria-hidden />,
  idle: <CircleDashed aria-hidden />,
};

export interface StatusProps extends HTMLAttributes<HTMLSpanElement> {
  tone: StatusTone;
  icon?: ReactNode;
}

/** Icon and word without a fill, for tables and running text. */
export function Status({ tone, icon = defaultIcon[tone], className, children, ...rest }: StatusProps) {
  return (
    <span {...rest} className={clsx("ui-status", className)} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}

import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./button.tsx";

export interface IconButtonProps extends Omit<ButtonProps, "children" | "iconOnly" | "busyLabel" | "asChild"> {
  /** Its name: read aloud, and shown on hover. */
  label: string;
  icon: ReactNode;
}

export function IconButton({ label, icon, variant = "ghost", ...rest }: IconButtonProps) {
  return (
    <Button {...rest} variant={variant} iconOnly aria-label={label} title={rest.title ?? label}>
      {icon}
    </Button>
  );
}

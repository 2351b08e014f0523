import { clsx } from "clsx";
import { type ButtonHTMLAttributes, cloneElement, type ReactElement, type ReactNode, type Ref } from "react";
import { Link, type LinkProps } from "./navigation.tsx";
import { useHydrated } from "./use-now.ts";

export interface ButtonLook {
  /** One primary per view; danger only in the dialog that confirms. */
  variant?: "default" | "primary" | "ghost" | "danger" | "link";
  size?: "small" | "medium" | "large";
  iconOnly?: boolean;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, ButtonLook {
  ref?: Ref<HTMLButtonElement>;
  /** At work: keeps its width, ignores clicks, stays focusable. */
  busy?: boolean;
  /** The word while busy, such as "Saving…". */
  busyLabel?: string;
  /** Lends the look to the one element inside, such as a link. */
  asChild?: boolean;
}

const look = ({ variant = "default", size = "medium", iconOnly }: ButtonLook, className?: string) => ({
  className: clsx("ui-button", className),
  "data-variant": variant,
  "data-size": size,
  "data-icon-only": iconOnly || undefined,
});

/** A submit button is disabled until its page's code is there: the browser alone would send the form, passwords too, as an address. */
export function Button({ variant, size, iconOnly, busy, busyLabel, asChild, className, children, onClick, ...rest }: ButtonProps) {
  const hydrated = useHydrated();
  if (asChild) {
    const child = children as ReactElement<{ className?: string }>;
    return cloneElement(child, look({ variant, size, iconOnly }, clsx(className, child.props.className)));
  }
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || (rest.type === "submit" && !hydrated)}
      {...look({ variant, size, iconOnly }, className)}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busyLabel ? <BusySwap busy={busy} idle={children} busyLabel={busyLabel} /> : children}
    </button>
  );
}

function BusySwap({ busy, idle, busyLabel }: { busy?: boolean; idle: ReactNode; busyLabel: string }) {
  return (
    <span className="ui-busy-swap">
      <span data-hidden={busy || undefined}>{idle}</span>
      <span data-hidden={busy ? undefined : true}>{busyLabel}</span>
    </span>
  );
}

/** A link that looks like a button: it goes somewhere, so it is an anchor. */
export function ButtonLink({ variant, size, iconOnly, className, ...rest }: LinkProps & ButtonLook) {
  return <Link {...rest} {...look({ variant, size, iconOnly }, className)} />;
}

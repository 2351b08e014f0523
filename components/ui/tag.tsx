import { clsx } from "clsx";
import type { HTMLAttributes } from "react";

/** An outlined plain fact, such as "Revision 7". */
export function Tag({ className, ...rest }: HTMLAttributes<HTMLSpanElement>) {
  return <span {...rest} className={clsx("ui-tag", className)} />;
}

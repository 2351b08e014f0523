import { clsx } from "clsx";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { HTMLAttributes, ReactNode } from "react";

export type NoteTone = "info" | "success" | "warning" | "danger";

const icons = { info: Info, success: CircleCheck, warning: TriangleAlert, danger: CircleAlert };

export interface NoteProps extends Omit<HTMLAttributes<HTMLDivElement>, "title"> {
  tone?: NoteTone;
  /** The first sentence, in 500: what happened. */
  title?: ReactNode;
  /** Small buttons below the text: what to do. */
  action?: ReactNode;
}

/** What happened, then what to do. Pass `role="alert"` where it appears after an act and must be heard. */
export function Note({ tone = "info", title, action, className, children, ...rest }: NoteProps) {
  const Icon = icons[tone];
  return (
    <div {...rest} className={clsx("ui-note", className)} data-tone={tone}>
      <Icon aria-hidden />
      <div className="min-w-0">
        {title && <b>{title}</b>} {children}
        {action && <div className="ui-note-action">{action}</div>}
      </div>
    </div>
  );
}

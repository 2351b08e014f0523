import { clsx } from "clsx";
import { type HTMLAttributes, type ReactNode, useId } from "react";

export interface CardProps extends Omit<HTMLAttributes<HTMLElement>, "title"> {
  /** With a title the card is a section named by it. */
  title?: ReactNode;
  /** Beside the title, in text-3. Hidden on narrow screens. */
  note?: ReactNode;
  /** At the right of the head: links and small buttons. */
  actions?: ReactNode;
  foot?: ReactNode;
  /** Content goes to the edges, as a table does. */
  flush?: boolean;
}

export function Card({ title, note, actions, foot, flush, className, children, ...rest }: CardProps) {
  const titleId = useId();
  const Tag = title ? "section" : "div";
  return (
    <Tag {...rest} className={clsx("ui-card", className)} aria-labelledby={title ? titleId : rest["aria-labelledby"]}>
      {title && (
        <div className="ui-card-head">
          <h2 id={titleId}>{title}</h2>
          {note && <span className="text-3 max-sm:hidden">{note}</span>}
          {actions && <div className="ui-card-actions">{actions}</div>}
        </div>
      )}
      {flush ? children : <div className="ui-card-body">{children}</div>}
      {foot && <div className="ui-card-foot">{foot}</div>}
    </Tag>
  );
}

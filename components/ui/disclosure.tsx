import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

/** A section that opens. Its content stays in the page, so find-in-page and forms see it. */
export function Disclosure({
  title,
  open,
  onToggle,
  children,
}: {
  title: ReactNode;
  open?: boolean;
  onToggle?: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <details className="ui-disclosure" open={open} onToggle={onToggle && ((event) => onToggle(event.currentTarget.open))}>
      <summary>
        <ChevronDown aria-hidden className="icon-s" />
        {title}
      </summary>
      {children}
    </details>
  );
}

import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

/** A section that opens. Its content stays in the page, so find-in-page and forms see it. */
export function Disclosure({ title, open, children }: { title: ReactNode; open?: boolean; children: ReactNode }) {
  return (
    <details className="ui-disclosure" open={open}>
      <summary>
        <ChevronDown aria-hidden className="icon-s" />
        {title}
      </summary>
      {children}
    </details>
  );
}

import type { ReactNode } from "react";

/** Search and filters above a list; `count` is said in a live region as they change. */
export function Toolbar({ count, children }: { count?: string; children: ReactNode }) {
  return (
    <div className="ui-toolbar">
      {children}
      <span className="ui-toolbar-count max-sm:sr-only" role="status">
        {count}
      </span>
    </div>
  );
}

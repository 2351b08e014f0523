import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Note } from "./note.tsx";

/** None match: says what was looked for and clears it. `SkeletonRows` and `EmptyState` are the table's other two states. */
export function NoMatch({ title, children, onClear }: { title: string; children: ReactNode; onClear: () => void }) {
  return (
    <div className="ui-empty" data-compact>
      <SearchX aria-hidden />
      <h2>{title}</h2>
      <p>{children}</p>
      <div className="ui-empty-actions">
        <Button onClick={onClear}>Clear filters</Button>
      </div>
    </div>
  );
}

/** The rows didn't come: what happened, and once more. */
export function TableFailed({ title, children, onRetry }: { title: string; children: ReactNode; onRetry: () => void }) {
  return (
    <div className="p-4">
      <Note
        tone="danger"
        role="alert"
        title={title}
        action={
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {children}
      </Note>
    </div>
  );
}

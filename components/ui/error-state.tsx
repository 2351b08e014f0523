import { type ReactNode, useId } from "react";
import { Card } from "./card.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Jack } from "./jack.tsx";

export interface PageStateProps {
  title: string;
  children: ReactNode;
  /** Small buttons: what to do. */
  actions?: ReactNode;
  /** For the server's log; shown with a copy button. */
  requestId?: string;
}

/** Something here failed: what still works, the request id, a way on. */
export const ErrorState = (props: PageStateProps) => <PageState jack="error" {...props} />;

/** Nothing is at this address: why, and the list to go back to. */
export const NotFoundState = (props: PageStateProps) => <PageState jack="todo" {...props} />;

function PageState({ jack, title, children, actions, requestId }: PageStateProps & { jack: "error" | "todo" }) {
  const titleId = useId();
  return (
    <Card flush aria-labelledby={titleId} role="region">
      <div className="ui-whole">
        <Jack state={jack} />
        <div className="min-w-0">
          <h2 id={titleId}>{title}</h2>
          <p>{children}</p>
          {requestId && (
            <div className="mt-1.5 flex items-center gap-1">
              <span className="text-3">Request id</span>
              <code>{requestId}</code>
              <CopyButton text={requestId} label="Copy request id" />
            </div>
          )}
          {actions && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
        </div>
      </div>
    </Card>
  );
}

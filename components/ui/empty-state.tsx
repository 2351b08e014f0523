import type { ReactNode } from "react";
import { Jack } from "./jack.tsx";
import { JackPanelArt } from "./jack-panel-art.tsx";

export interface EmptyStateProps {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  /** Up to three steps to come, the first one ringed. */
  steps?: readonly { title: string; text: ReactNode }[];
}

/** None yet: teaches what this is and how to begin. Put it in a `Card flush`. */
export function EmptyState({ title, children, actions, steps }: EmptyStateProps) {
  return (
    <>
      <div className="ui-empty">
        <JackPanelArt />
        <h2>{title}</h2>
        <p>{children}</p>
        {actions && <div className="ui-empty-actions">{actions}</div>}
      </div>
      {steps && (
        <ol className="ui-three">
          {steps.map((step, at) => (
            <li key={step.title}>
              <h3>
                <Jack state={at === 0 ? "now" : "todo"} />
                {step.title}
              </h3>
              <p>{step.text}</p>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

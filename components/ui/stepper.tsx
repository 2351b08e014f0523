import type { ReactNode } from "react";
import { Jack, type JackState } from "./jack.tsx";
import { Link } from "./navigation.tsx";

export interface Step {
  /** Without it the step can't be gone to yet. */
  href?: string;
  label: string;
  /** One line: what was chosen ("User · OAuth 2.0"), what is wrong, or "To do". */
  summary: string;
  state: JackState;
}

const spoken: Record<JackState, string> = { todo: "to do", now: "in progress", done: "done", error: "needs a fix" };

/** Steps as jacks on a cable, which is plugged up to the furthest visited one. `current` is an index. */
export function Stepper({ label, steps, current }: { label: string; steps: readonly Step[]; current: number }) {
  const furthest = Math.max(
    current,
    steps.findLastIndex((step) => step.state !== "todo"),
  );
  return (
    <nav aria-label={label}>
      <ol className="ui-steps" data-row>
        {steps.map((step, index) => (
          <li key={step.label} data-cabled={(index > 0 && index <= furthest) || undefined}>
            <StepPlace href={step.href} current={index === current}>
              <Jack state={step.state} />
              <b>
                {step.label}
                <span className="sr-only">, {spoken[step.state]}</span>
              </b>
              <small data-error={step.state === "error" || undefined}>{step.summary}</small>
            </StepPlace>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function StepPlace({ href, current, children }: { href?: string; current: boolean; children: ReactNode }) {
  const place = { className: "ui-step", "aria-current": current ? ("step" as const) : undefined };
  return href ? (
    <Link href={href} {...place}>
      {children}
    </Link>
  ) : (
    <span {...place}>{children}</span>
  );
}

import { Check, CircleDot, Clock, Minus, StepForward, X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Badge, type BadgeProps } from "./badge.tsx";
import { Jack, type JackState } from "./jack.tsx";

export type LaneState = "waiting" | "running" | "passed" | "failed" | "skipped" | "not-sent";

const looks: Record<
  LaneState,
  { jack: JackState; tone: BadgeProps["tone"]; icon: ReactNode; word: string; cable: "live" | "idle" | "failed" }
> = {
  waiting: { jack: "todo", tone: "neutral", icon: <Clock aria-hidden />, word: "Waiting", cable: "idle" },
  running: { jack: "now", tone: "info", icon: <CircleDot aria-hidden />, word: "Running", cable: "live" },
  passed: { jack: "done", tone: "success", icon: <Check aria-hidden />, word: "Passed", cable: "live" },
  failed: { jack: "error", tone: "danger", icon: <X aria-hidden />, word: "Failed", cable: "failed" },
  skipped: { jack: "todo", tone: "info", icon: <StepForward aria-hidden />, word: "Skipped", cable: "idle" },
  "not-sent": { jack: "todo", tone: "neutral", icon: <Minus aria-hidden />, word: "Not sent", cable: "idle" },
};

/** Lanes side by side, joined by a cable. `parts` counts a lane's `LanePart`s, which line up across lanes. */
export function Lanes({ count, parts = 3, children }: { count: 1 | 2 | 3; parts?: 1 | 2 | 3; children: ReactNode }) {
  return (
    <div className="ui-lanes" data-count={count} data-parts={parts}>
      {children}
    </div>
  );
}

/** One call: a head that tells how it went, then its parts. */
export function Lane({ title, state, time, children }: { title: string; state: LaneState; time?: ReactNode; children: ReactNode }) {
  const titleId = useId();
  const look = looks[state];
  return (
    <section className="ui-lane" data-state={look.cable} aria-labelledby={titleId}>
      <div className="ui-lane-head">
        <Jack state={look.jack} />
        <h3 id={titleId}>{title}</h3>
        <Badge tone={look.tone} icon={look.icon}>
          {look.word}
        </Badge>
        <span className="ui-lane-time">{time}</span>
      </div>
      {children}
    </section>
  );
}

export function LanePart({ children }: { children?: ReactNode }) {
  return <div className="ui-lane-part">{children}</div>;
}

export interface Rule {
  key: string;
  tone: "success" | "danger" | "idle";
  icon?: ReactNode;
  children: ReactNode;
}

/** What was checked and what was stored, one line each. */
export function Rules({ rules }: { rules: readonly Rule[] }) {
  return (
    <ul className="ui-rules">
      {rules.map(({ key, tone, icon, children }) => (
        <li key={key} data-tone={tone}>
          {icon ?? (tone === "success" ? <Check aria-hidden /> : tone === "danger" ? <X aria-hidden /> : <Minus aria-hidden />)}
          <span>{children}</span>
        </li>
      ))}
    </ul>
  );
}

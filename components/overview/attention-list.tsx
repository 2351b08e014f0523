import { CircleCheck, CircleX, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Attention } from "#lib/activity/list-attention.ts";
import { describeAttention } from "./describe-attention.tsx";

const ICONS: Record<"danger" | "warning" | "info", ReactNode> = {
  danger: <CircleX aria-hidden />,
  warning: <TriangleAlert aria-hidden />,
  info: <Info aria-hidden />,
};
const TONE_WORDS = { danger: "Urgent: ", warning: "Warning: ", info: "To know: " };

/** What is wrong, why, since when, and the one next step. Worst first. */
export function AttentionList({ projectId, items }: { projectId: string; items: readonly Attention[] }) {
  if (items.length === 0) {
    return (
      <p className="overview-calm">
        <CircleCheck aria-hidden />
        Nothing needs attention
      </p>
    );
  }
  return (
    <Card title="Needs attention" note={items.length} flush>
      <ul className="overview-attention">
        {items.map((item) => {
          const { tone, title, text, since, action } = describeAttention(projectId, item);
          return (
            <li
              key={`${item.kind} ${"triggerId" in item ? item.triggerId : "workflowId" in item ? item.workflowId : item.resourceId}`}
              data-tone={tone}
            >
              {ICONS[tone]}
              <div>
                <h3>
                  <span className="sr-only">{TONE_WORDS[tone]}</span>
                  {title}
                </h3>
                <p>{text}</p>
              </div>
              {since ? <RelativeTime date={since} /> : <span />}
              <ButtonLink size="small" href={action.href} aria-label={`${action.label}: ${title}`}>
                {action.label}
              </ButtonLink>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

import { ArrowUpDown, Minus, Pencil, Plus } from "lucide-react";
import { Status, type StatusTone } from "#components/ui/status.tsx";
import type { WorkflowChange } from "./editor-types.ts";

const LOOK: Record<WorkflowChange["kind"], { tone: StatusTone; icon: typeof Plus; word: string }> = {
  added: { tone: "success", icon: Plus, word: "Added" },
  removed: { tone: "danger", icon: Minus, word: "Removed" },
  changed: { tone: "info", icon: Pencil, word: "Changed" },
  moved: { tone: "info", icon: ArrowUpDown, word: "Moved" },
};

export function ChangeList({ changes }: { changes: readonly WorkflowChange[] }) {
  return (
    <ul className="flow-changes">
      {changes.map(({ kind, what, detail }, index) => {
        const { tone, icon: Icon, word } = LOOK[kind];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never reorders.
          <li key={index}>
            <Status tone={tone} icon={<Icon aria-hidden />}>
              {word}
            </Status>
            <span className="min-w-0">
              <b className="[overflow-wrap:anywhere]">{what}</b>
              {detail && <span className="ui-hint block mt-0!">{detail}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

import { HttpLine } from "#components/ui/http-line.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Column } from "#components/ui/table.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { type CallSummary, formatDuration, resourceOf, resultOf, SOURCE_LABELS, toneOf, userOf } from "./call-words.ts";
import { KindIcon } from "./kind-icon.tsx";

export interface CallRowProps {
  call: CallSummary;
  /** What all calls of the list share: what made them is told in its place. */
  of?: "resource" | "user";
  isOpen?: boolean;
  onOpen: () => void;
}

/** The heads of `CallRow`. */
export function CallColumns({ of }: Pick<CallRowProps, "of">) {
  return (
    <tr>
      <Column>Time</Column>
      <Column>What</Column>
      <Column>{of === "resource" ? "Source" : "Resource"}</Column>
      <Column>{of === "user" ? "Source" : "User"}</Column>
      <Column>Status</Column>
      <Column numeric>Took</Column>
    </tr>
  );
}

/** One call of a list. A click anywhere on the row opens it; for keyboards and screen readers it is the button in it. */
export function CallRow({ call, of, isOpen, onOpen }: CallRowProps) {
  const source = SOURCE_LABELS[call.source];
  const where = of === "resource" ? source : resourceOf(call);
  return (
    <tr className="ui-row-opens" data-row={call.id} aria-current={isOpen || undefined}>
      <Cell card="hide" className="text-3">
        <TimeOfDay date={call.at} className="ui-table-time" />
      </Cell>
      <Cell className="activity-what">
        <button
          type="button"
          data-opens
          aria-label={`Open ${call.method ?? ""} ${call.path ?? ""}, ${resultOf(call)}`}
          aria-expanded={isOpen}
          onClick={onOpen}
        >
          <KindIcon kind={call.kind} />
          <HttpLine method={call.method ?? ""} path={call.path ?? "not sent"} className="min-w-0" />
        </button>
      </Cell>
      <Cell card="hide" className="activity-cut text-2">
        <span className="block cut">{where}</span>
      </Cell>
      <Cell card="line" className="activity-cut max-sm:order-3">
        <span className="sm:hidden">
          <TimeOfDay date={call.at} /> · {where} ·{" "}
        </span>
        <span className="cut sm:block sm:text-2">{of === "user" ? source : userOf(call)}</span>
      </Cell>
      <Cell card="right" className="max-sm:order-2">
        <Status tone={toneOf(call)}>{resultOf(call)}</Status>
      </Cell>
      <Cell numeric card="right" className="text-3 max-sm:order-4">
        {formatDuration(call.durationMs)}
      </Cell>
    </tr>
  );
}

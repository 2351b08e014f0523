"use client";

import { RotateCcw, SquareArrowOutUpRight } from "lucide-react";
import { prettyBody } from "#components/activity/call-words.ts";
import { JsonText } from "#components/requests/json-text.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { Jack } from "#components/ui/jack.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { Select } from "#components/ui/select.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import type { SeenRequest } from "#lib/activity/schema.ts";
import { activityPath, workflowPath } from "#lib/paths.ts";
import { keyOf, type PathStep, type RunView, type ShownValue, type StepAttempt, type StepRun } from "./run-view.ts";
import { formatLength, formatSize } from "./run-words.tsx";
import { StepIcon, TriggerKindIcon } from "./step-icon.tsx";
import { StepStatusWord } from "./step-table.tsx";

export interface StepPanelProps {
  projectId: string;
  view: RunView;
  step: PathStep;
  stepRun: StepRun;
  /** Of the same step for the other items. */
  siblings: readonly StepRun[];
  onSelect: (key: string) => void;
  /** Left out for those who may not. */
  onReplay?: () => void;
}

/** What one step was given, what it made of it, and each try. */
export function StepPanel({ projectId, view, step, stepRun, siblings, onSelect, onReplay }: StepPanelProps) {
  const number = (stepRun.item.at(-1) ?? 0) + 1;
  const label = siblings.length > 1 ? `Step: ${step.label}, item ${number}` : `Step: ${step.label}`;
  return (
    <section className="run-panel" aria-label={label}>
      <header className="run-panel-head">
        <Tile hue={step.hue}>
          <StepIcon type={step.type} />
        </Tile>
        <b className="cut">{step.label}</b>
        <span className="ml-auto flex flex-none items-center gap-2">
          <StepStatusWord stepRun={stepRun} />
          {siblings.length > 1 && (
            <Select size="small" aria-label="Item" value={keyOf(stepRun)} onChange={(event) => onSelect(event.target.value)}>
              {siblings.map((one) => (
                <option key={keyOf(one)} value={keyOf(one)}>
                  Item {one.item.map((index) => index + 1).join(".")}
                  {one.itemText && `, ${one.itemText}`}
                  {one.status === "failed" ? ", failed" : ""}
                </option>
              ))}
            </Select>
          )}
        </span>
      </header>
      {stepRun.failure && (
        <div className="run-panel-part">
          <Note tone="danger" title={stepRun.failure.message}>
            {stepRun.failure.fix}
          </Note>
        </div>
      )}
      {stepRun.status === "waiting" && stepRun.until && (
        <div className="run-panel-part">
          <Note tone="info" title="It waits.">
            It goes on at <TimeOfDay date={stepRun.until} />, whatever is restarted until then.
          </Note>
        </div>
      )}
      {stepRun.attempts.length > 0 && (
        <div className="run-panel-part">
          <h2 id="attempts">Attempts</h2>
          <Attempts projectId={projectId} attempts={stepRun.attempts} />
        </div>
      )}
      <Value title="Input" note="rendered" value={stepRun.input} />
      <Value title="Output" value={stepRun.output} />
      <footer className="run-panel-foot">
        {onReplay && (
          <Button size="small" onClick={onReplay}>
            <RotateCcw aria-hidden />
            Replay run
          </Button>
        )}
        {view.run.workflowName && (
          <ButtonLink size="small" variant="ghost" href={`${workflowPath(projectId, view.run.workflowId)}?step=${step.id}`}>
            <SquareArrowOutUpRight aria-hidden />
            Open in editor
          </ButtonLink>
        )}
      </footer>
    </section>
  );
}

export function TriggerPanel({ view: { trigger } }: { view: RunView }) {
  return (
    <section className="run-panel" aria-label={`Trigger: ${trigger.label}`}>
      <header className="run-panel-head">
        <Tile>
          <TriggerKindIcon type={trigger.type} />
        </Tile>
        <span className="min-w-0">
          <span className="flow-kind cut">{trigger.kind}</span>
          <b className="cut block">{trigger.label}</b>
        </span>
      </header>
      <Value title="Input" note="what started the run" value={trigger.input} />
    </section>
  );
}

function Attempts({ projectId, attempts }: { projectId: string; attempts: readonly StepAttempt[] }) {
  return (
    <ol className="run-attempts" aria-labelledby="attempts">
      {attempts.toReversed().map(({ n, title, note, isOk, startedAt, finishedAt, requestId }) => (
        <li key={n}>
          <Jack state={finishedAt === null ? "now" : isOk ? "done" : "error"} />
          <div className="min-w-0">
            <b>{title}</b>
            <p>
              Attempt {n}
              {finishedAt && ` · ${formatLength(Date.parse(finishedAt) - Date.parse(startedAt))}`}
              {note && ` · ${note}`}
              {requestId && (
                <>
                  {" · "}
                  <Link href={activityPath(projectId, { q: requestId })}>activity</Link>
                </>
              )}
            </p>
          </div>
          <TimeOfDay date={startedAt} className="text-3" />
        </li>
      ))}
    </ol>
  );
}

interface ValueProps {
  title: string;
  note?: string;
  value: ShownValue | null;
}

function Value({ title, note, value }: ValueProps) {
  if (!value) return null;
  const request = readRequest(value.text);
  const isLeftOut = value.isCut && value.text === "";
  const shown = isLeftOut ? "not shown: the steps before it hold too much" : value.isCut && "its beginning";
  const facts = [note, value.size > 0 && formatSize(value.size), shown].filter(Boolean).join(", ");
  return (
    <div className="run-panel-part">
      <div className="run-value-head">
        <h2>{title}</h2>
        <span className="text-3">{facts}</span>
        {!isLeftOut && <CopyButton text={value.text} label={`Copy ${title.toLowerCase()}`} className="ml-auto" />}
      </div>
      {isLeftOut ? null : request ? (
        <HttpMessage
          label={title}
          start={`${request.method} ${request.url}`}
          headers={request.headers}
          body={request.body && <JsonText text={prettyBody(request.body)} />}
        />
      ) : (
        <CodeBlock label={title} code={value.text} wrap copy={false}>
          <JsonText text={value.text} />
        </CodeBlock>
      )}
    </div>
  );
}

/** A call as the spine keeps it, to be told as it went over the wire; null for any other value. */
function readRequest(text: string): SeenRequest | null {
  try {
    const value = JSON.parse(text) as Partial<SeenRequest> | null;
    return typeof value?.method === "string" && typeof value.url === "string" && Array.isArray(value.headers)
      ? (value as SeenRequest)
      : null;
  } catch {
    return null;
  }
}

"use client";

import { Clock } from "lucide-react";
import { Status } from "#components/ui/status.tsx";
import { isOver } from "#lib/workflows/run-words.ts";
import { listRows, type PathStep, type RunView, type StepRow, type StepRun, TRIGGER } from "./run-view.ts";
import { formatLength, RUN_STATUS_LABELS, RunStatusIcon } from "./run-words.tsx";
import { StepIcon, TriggerKindIcon } from "./step-icon.tsx";
import { makeTimeScale, type Span, type TimeScale } from "./time-scale.ts";

export interface StepTableProps {
  view: RunView;
  /** The present, for what still works. ms since 1970. */
  now: number;
  selected: string;
  onSelect: (key: string) => void;
}

/** Each step that ran, with bars of when it worked. */
export function StepTable({ view, now, selected, onSelect }: StepTableProps) {
  const rows = listRows(view);
  const scale = makeTimeScale(rows.flatMap(({ step, stepRun }) => workOf(step, stepRun, now)));
  return (
    <div className="run-steps-scroll">
      <table className="ui-table run-steps">
        <caption className="sr-only">Steps</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Status</th>
            <th scope="col" className="max-sm:hidden">
              Attempts
            </th>
            <th scope="col" className="run-track-head max-sm:hidden">
              <span>
                <span>0 s</span>
                <span>{formatLength(scale.shown)}</span>
              </span>
            </th>
            <th scope="col" data-numeric>
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          <TriggerRow view={view} isSelected={selected === TRIGGER} onSelect={() => onSelect(TRIGGER)} />
          {rows.map((row) => (
            <StepLine
              key={row.key}
              row={row}
              scale={scale}
              now={now}
              isSelected={selected === row.key}
              onSelect={() => onSelect(row.key)}
            />
          ))}
        </tbody>
      </table>
      <p className="run-legend">
        <span>
          <svg aria-hidden className="run-key">
            <rect width="10" height="10" rx="2" />
          </svg>
          Working
        </span>
        <span>
          <svg aria-hidden className="run-key">
            <rect width="10" height="10" rx="2" data-bad />
          </svg>
          Failed attempt
        </span>
        <span>
          <svg aria-hidden className="run-key">
            <line x1="0" x2="14" y1="5" y2="5" />
          </svg>
          Waiting{scale.leftOut > 0 && `; ${formatLength(scale.leftOut)} left out`}
        </span>
        <span className="ml-auto text-3">{sumOf(view)}</span>
      </p>
    </div>
  );
}

function TriggerRow({ view: { trigger }, isSelected, onSelect }: { view: RunView; isSelected: boolean; onSelect: () => void }) {
  return (
    <tr aria-current={isSelected || undefined}>
      <td>
        <button type="button" onClick={onSelect}>
          <TriggerKindIcon type={trigger.type} />
          <span className="cut">{trigger.label}</span>
        </button>
      </td>
      <td>
        <Status tone="success">Received</Status>
      </td>
      <td className="max-sm:hidden" />
      <td className="max-sm:hidden" />
      <td data-numeric />
    </tr>
  );
}

interface StepLineProps {
  row: StepRow;
  scale: TimeScale;
  now: number;
  isSelected: boolean;
  onSelect: () => void;
}

function StepLine({ row: { key, step, stepRun, depth }, scale, now, isSelected, onSelect }: StepLineProps) {
  const { attempts, item, itemText } = stepRun;
  const number = item.at(-1);
  return (
    <tr aria-current={isSelected || undefined}>
      <td>
        <button type="button" data-step={key} data-depth={Math.min(depth, 3)} onClick={onSelect}>
          <StepIcon type={step.type} />
          <span className="cut">
            {number !== undefined && `${number + 1} · `}
            {step.label}
            {itemText && <span className="ml-2 font-normal text-3">{itemText}</span>}
          </span>
        </button>
      </td>
      <td>
        <StepStatusWord stepRun={stepRun} />
      </td>
      <td className="text-3 max-sm:hidden">{attempts.length || "–"}</td>
      <td className="run-track max-sm:hidden">
        <Track step={step} stepRun={stepRun} scale={scale} now={now} />
      </td>
      <td data-numeric className="text-2">
        {tookOf(stepRun, now)}
      </td>
    </tr>
  );
}

export function StepStatusWord({ stepRun: { status, result } }: { stepRun: StepRun }) {
  if (status === "waiting") {
    return (
      <Status tone="warning" icon={<Clock aria-hidden />}>
        Waiting
      </Status>
    );
  }
  const tone = { queued: "idle", running: "info", succeeded: "success", failed: "danger", cancelled: "idle" } as const;
  return (
    <Status tone={tone[status]} icon={<RunStatusIcon status={status} />}>
      {result ?? RUN_STATUS_LABELS[status]}
    </Status>
  );
}

const ms = (iso: string): number => Date.parse(iso);

/** When it was at work, and how each time ended: in its attempts, else from its begin to its end. A delay only waits. */
function worksOf({ type }: PathStep, { attempts, startedAt, finishedAt, status }: StepRun, now: number): (Span & { isBad: boolean })[] {
  const end = (at: string | null) => (at ? ms(at) : now);
  if (attempts.length > 0)
    return attempts.map((one) => ({ from: ms(one.startedAt), to: end(one.finishedAt), isBad: !one.isOk && one.finishedAt !== null }));
  if (!startedAt || type === "delay" || (!finishedAt && isOver(status))) return [];
  return [{ from: ms(startedAt), to: end(finishedAt), isBad: status === "failed" }];
}

/** What the scale has to hold. A fan out is as long as what is in it, so that long waits there can be left out. */
function workOf(step: PathStep, stepRun: StepRun, now: number): Span[] {
  const { startedAt, finishedAt } = stepRun;
  const works = step.type === "fan_out" ? [] : worksOf(step, stepRun, now);
  return [...works, ...[startedAt, finishedAt].filter((at) => at !== null).map((at) => ({ from: ms(at), to: ms(at) }))];
}

/** Drawn with attributes only, so a strict style policy can't break it. Decoration: the columns beside it say the same. */
function Track({ step, stepRun, scale, now }: { step: PathStep; stepRun: StepRun; scale: TimeScale; now: number }) {
  const { startedAt, finishedAt, status } = stepRun;
  const percent = (part: number) => `${(part * 100).toFixed(2)}%`;
  const from = startedAt ? scale.at(ms(startedAt)) : 0;
  const to = finishedAt ? scale.at(ms(finishedAt)) : isOver(status) ? from : scale.at(now);
  return (
    <svg aria-hidden className="run-bars">
      {startedAt && <line x1={percent(from)} x2={percent(Math.max(to, from + 0.012))} y1="8" y2="8" />}
      {worksOf(step, stepRun, now).map((work) => {
        const start = Math.min(scale.at(work.from), 0.988);
        return (
          <rect
            key={work.from}
            x={percent(start)}
            width={percent(Math.max(0.012, scale.at(work.to) - start))}
            y="3"
            height="10"
            rx="2"
            data-bad={work.isBad || undefined}
          />
        );
      })}
    </svg>
  );
}

function tookOf({ startedAt, finishedAt, status }: StepRun, now: number): string {
  if (!startedAt) return "–";
  if (!finishedAt && isOver(status)) return "–";
  return formatLength(Math.max(0, (finishedAt ? ms(finishedAt) : now) - ms(startedAt)));
}

/** "5 calls, 2 tried again". */
function sumOf({ stepRuns }: RunView): string {
  const calls = stepRuns.filter(({ attempts }) => attempts.some(({ requestId }) => requestId !== null));
  const again = calls.reduce((sum, { attempts }) => sum + attempts.length - 1, 0);
  const words = `${calls.length} ${calls.length === 1 ? "call" : "calls"}`;
  return again > 0 ? `${words}, ${again} tried again` : words;
}

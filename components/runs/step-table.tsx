"use client";

import { Clock } from "lucide-react";
import { Status } from "#components/ui/status.tsx";
import { isOver } from "#lib/workflows/run-words.ts";
import { listRows, type RunView, type StepRow, type StepRun, TRIGGER } from "./run-view.ts";
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
  const scale = makeTimeScale(rows.flatMap(({ stepRun }) => workOf(stepRun, now)));
  return (
    <div className="run-steps-scroll">
      <table className="run-steps">
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
  const { attempts, item } = stepRun;
  const number = item.at(-1);
  return (
    <tr aria-current={isSelected || undefined}>
      <td>
        <button type="button" data-step={key} data-depth={Math.min(depth, 3)} onClick={onSelect}>
          <StepIcon type={step.type} />
          <span className="cut">
            {number !== undefined && `${number + 1} · `}
            {step.label}
          </span>
        </button>
      </td>
      <td>
        <StepStatusWord stepRun={stepRun} />
      </td>
      <td className="text-3 max-sm:hidden">{attempts.length || "–"}</td>
      <td className="run-track max-sm:hidden">
        <Track stepRun={stepRun} scale={scale} now={now} />
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

/** When it was at work: in its attempts, else from its begin to its end. What waits doesn't work. */
function workOf({ attempts, startedAt, finishedAt, status }: StepRun, now: number): Span[] {
  if (attempts.length > 0) return attempts.map((one) => ({ from: ms(one.startedAt), to: one.finishedAt ? ms(one.finishedAt) : now }));
  if (!startedAt) return [];
  const end = finishedAt ? ms(finishedAt) : now;
  return status === "running"
    ? [{ from: ms(startedAt), to: end }]
    : [{ from: ms(startedAt), to: ms(startedAt) }, ...(finishedAt ? [{ from: end, to: end }] : [])];
}

/** Drawn with attributes only, so a strict style policy can't break it. Decoration: the columns beside it say the same. */
function Track({ stepRun, scale, now }: { stepRun: StepRun; scale: TimeScale; now: number }) {
  const { attempts, startedAt, finishedAt, status } = stepRun;
  const percent = (part: number) => `${(part * 100).toFixed(2)}%`;
  const bars = attempts.map((one) => {
    const from = scale.at(ms(one.startedAt));
    return { n: one.n, from, to: scale.at(one.finishedAt ? ms(one.finishedAt) : now), isBad: !one.isOk && one.finishedAt !== null };
  });
  const from = startedAt ? scale.at(ms(startedAt)) : 0;
  const to = finishedAt ? scale.at(ms(finishedAt)) : isOver(status) ? from : scale.at(now);
  return (
    <svg aria-hidden className="run-bars">
      {startedAt && <line x1={percent(from)} x2={percent(Math.max(to, from + 0.012))} y1="8" y2="8" />}
      {bars.map((bar) => (
        <rect
          key={bar.n}
          x={percent(Math.min(bar.from, 0.988))}
          width={percent(Math.max(0.012, bar.to - bar.from))}
          y="3"
          height="10"
          rx="2"
          data-bad={bar.isBad || undefined}
        />
      ))}
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

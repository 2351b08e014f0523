/** What is to be written when a step has ended: its row, where its run stands, and what comes next. Pure. */
import type { NewJob } from "#lib/jobs/schema.ts";
import { cutText, storableText } from "#lib/storable.ts";
import { type StepJob, stepJob } from "./admit-runs.ts";
import type { Run } from "./load-step.ts";
import { countUnderWay, locate, nextStep, type Place } from "./next-step.ts";
import type { StepOutcome, StepResponse } from "./run-step.ts";
import { isOver, type RunStatus } from "./run-words.ts";
import type { RunState, Step, StepAttempt, StepFailure } from "./schema.ts";

export type EndedStep = {
  data: StepJob;
  run: Run;
  steps: readonly Step[];
  step: Step;
  place: Place;
  attempt: number;
  outcome: StepOutcome;
  /** Its own is the last one. */
  attempts: StepAttempt[];
  startedAt: Date;
  endedAt: Date;
};

/** Where a run stands. While a fan out is under way, by its locked row. */
export type Standing = { status: RunStatus; state: RunState };

type RunKey = { projectId: string; runId: string; at: string };
export type StepRow = RunKey &
  Place & {
    status: "running" | "waiting" | "succeeded" | "failed";
    result: string | null;
    attempts: StepAttempt[];
    input: unknown;
    inputBytes: number | null;
    output: unknown;
    outputBytes: number | null;
    failure: StepFailure | null;
    startedAt: Date;
    finishedAt: Date | null;
    until: Date | null;
  };
export type RunChange = RunKey & {
  status: RunStatus;
  startedAt: Date;
  /** Null: as it was. */
  state: RunState | null;
  response: StepResponse | null;
  failure: StepFailure | null;
};
/** A fan out whose last item is done. `lastStepId`: what that one of its steps gave for each item is its output. */
export type ClosedFan = RunKey & Place & { lastStepId: string };

export type StepChange = {
  step: StepRow | null;
  closed: ClosedFan[];
  run: RunChange | null;
  /** The run's, whose other steps nobody will end any more. */
  leavesOpen: RunKey | null;
  next: NewJob[];
};

/** Alone on its way, a run has nothing to agree on with itself: only places of a fan out count each other. */
export const isShared = ({ place, step }: Pick<EndedStep, "place" | "step">): boolean => place.item !== "" || step.type === "fan_out";

export function endStep(given: EndedStep, held: Standing): StepChange {
  const ended = { ...given, outcome: storableOutcome(given.outcome) };
  const { data, outcome, attempt, step, startedAt } = ended;
  const key = keyOf(data);
  if (isOver(held.status)) {
    // What was done is told, and nothing follows.
    return { step: rowOf(ended, outcome.kind === "done" ? "succeeded" : "failed"), closed: [], run: null, leavesOpen: null, next: [] };
  }
  const shared = isShared(ended);
  const hadWaited = data.resumed || attempt > 1;
  const state = hadWaited ? { ...held.state, waiting: Math.max(0, (held.state.waiting ?? 0) - 1) } : held.state;
  const until = untilOf(ended);
  if (until) return waitFor(ended, state, until, shared);
  if (outcome.kind === "failed" && !outcome.goesOn) {
    const run = { ...key, status: "failed" as const, startedAt, state: null, response: null, failure: outcome.failure };
    return { step: rowOf(ended, "failed"), closed: [], run, leavesOpen: key, next: [] };
  }
  const result = outcome.kind === "done" ? { branch: outcome.branch, total: outcome.total } : {};
  const next = nextStep(ended.steps, state, ended.place, result);
  const isFanBegun = step.type === "fan_out" && next.closed[0]?.stepId !== step.id;
  const response = (outcome.kind === "done" && outcome.response) || null;
  const isWaiting = shared && (next.state.waiting ?? 0) >= countUnderWay(next.state);
  const status = next.isOver ? "succeeded" : isWaiting ? "waiting" : "running";
  const isSame = !shared && status === held.status && !response;
  return {
    step: rowOf(ended, isFanBegun ? "running" : outcome.kind === "failed" ? "failed" : "succeeded"),
    closed: next.closed.map((fan) => ({ ...key, ...fan, lastStepId: lastStepOf(ended.steps, fan) })),
    run: isSame ? null : { ...key, status, startedAt, state: shared ? next.state : null, response, failure: null },
    leavesOpen: null,
    next: next.start.map((start) => stepJob({ ...key, ...start })),
  };
}

/** Code and APIs write what they like; texts are kept as far as Postgres can. Outputs are made storable where they are read. */
function storableOutcome(outcome: StepOutcome): StepOutcome {
  const text = (value: string) => cutText(storableText(value), MOST_TEXT);
  const said = { ...outcome, ...(outcome.result === undefined ? {} : { result: text(outcome.result) }) };
  if (said.kind !== "failed") return said;
  const { kind, message, fix } = said.failure;
  return { ...said, failure: { kind, message: text(message), fix: text(fix) } };
}

/** Of a word or a sentence about a step. */
const MOST_TEXT = 2_000;

function waitFor(ended: EndedStep, state: RunState, until: Date, shared: boolean): StepChange {
  const { data, place, outcome, attempt, startedAt } = ended;
  const waiting = { ...state, waiting: (state.waiting ?? 0) + 1 };
  const status = !shared || waiting.waiting >= countUnderWay(waiting) ? "waiting" : "running";
  const again = { ...data, ...place, ...(outcome.kind === "wait" ? { resumed: true } : { attempt: attempt + 1 }) };
  return {
    step: rowOf(ended, "waiting", until),
    closed: [],
    run: { ...keyOf(data), status, startedAt, state: shared ? waiting : null, response: null, failure: null },
    leavesOpen: null,
    next: [stepJob(again, until)],
  };
}

const keyOf = ({ projectId, runId, at }: StepJob): RunKey => ({ projectId, runId, at });

/** Of a workflow without a step. */
export const endEmptyRun = (data: StepJob, startedAt: Date): StepChange => ({
  step: null,
  closed: [],
  run: { ...keyOf(data), status: "succeeded", startedAt, state: null, response: null, failure: null },
  leavesOpen: null,
  next: [],
});

function lastStepOf(steps: readonly Step[], { stepId }: Place): string {
  const { step } = locate(steps, stepId)!;
  return (step.type === "fan_out" ? step.steps.at(-1)?.id : undefined) ?? stepId;
}

function untilOf({ outcome, endedAt }: EndedStep): Date | null {
  if (outcome.kind === "wait") return new Date(endedAt.getTime() + outcome.seconds * 1_000);
  return outcome.kind === "failed" && outcome.retryAfterMs !== undefined ? new Date(endedAt.getTime() + outcome.retryAfterMs) : null;
}

function rowOf(ended: EndedStep, status: StepRow["status"], until: Date | null = null): StepRow {
  const { data, place, outcome, startedAt, endedAt } = ended;
  const { result = null, input, inputBytes = null, output, outputBytes = null } = outcome;
  const failure = outcome.kind === "failed" ? outcome.failure : null;
  return {
    ...keyOf(data),
    ...place,
    status,
    result,
    attempts: endAttempt(ended, until),
    input,
    inputBytes,
    output: output ?? (failure ? { error: failure } : undefined),
    outputBytes,
    failure,
    startedAt,
    finishedAt: status === "succeeded" || status === "failed" ? endedAt : null,
    until,
  };
}

function endAttempt({ attempts, outcome, endedAt }: EndedStep, until: Date | null): StepAttempt[] {
  const last = attempts.at(-1);
  if (!last || last.finishedAt) return attempts;
  const ended = {
    ...last,
    finishedAt: endedAt.toISOString(),
    ok: outcome.kind === "done",
    title: outcome.result ?? (outcome.kind === "failed" ? outcome.failure.message : ""),
    note: until ? `It is tried again in ${Math.ceil((until.getTime() - endedAt.getTime()) / 1_000)} s.` : null,
    requestId: outcome.requestId ?? null,
  };
  return [...attempts.slice(0, -1), ended];
}

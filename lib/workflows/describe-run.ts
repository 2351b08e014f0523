import type { FoundRun, ReadValue, RunKey, StepRunRow } from "#db/queries/runs.ts";
import { type Redactor, redactBeginning, redactBody, UNCERTAIN_END } from "#lib/activity/redact.ts";
import { cutText } from "#lib/storable.ts";
import { asSummary } from "./list-runs.ts";
import type { Step, WorkflowTrigger } from "./schema.ts";
import { itemOfPlace } from "./step-scope.ts";
import { listSteps } from "./step-tree.ts";
import { triggerWords } from "./trigger-words.ts";
import { inWords } from "./words.ts";

/** Names that a definition holds by id. */
export type RunNames = {
  resources: ReadonlyMap<string, { name: string; colour: number }>;
  triggers: ReadonlyMap<string, string>;
};

export type RunStory = {
  run: FoundRun;
  stepRuns: readonly StepRunRow[];
  isCut: boolean;
  names: RunNames;
  redact: Redactor;
  replayOf: RunKey | null;
  /** What started it, while that is kept. */
  delivery: (RunKey & { triggerId: string }) | null;
};

const MOST_SHOWN = 65_536;
/** Of each value of a step, to show its beginning. */
export const MOST_READ = MOST_SHOWN + UNCERTAIN_END;

/** A run as its page shows it: the version's steps in words, what each did, values masked and cut. Pure. */
export function describeRun({ run, stepRuns, isCut, names, redact, replayOf, delivery }: RunStory) {
  const { definition, input, deliveryId, liveVersion, takenOverAt } = run;
  const itemText = itemsOf(definition?.steps ?? [], stepRuns);
  return {
    run: asSummary(run),
    replayOf,
    liveVersion,
    delivery: deliveryId ? (delivery ?? { id: deliveryId }) : null,
    trigger: { ...wordsOf(definition?.trigger, names), input: shown(input, redact) },
    steps: (definition?.steps ?? []).map((step) => pathStep(step, names)),
    stepRuns: stepRuns.map((one) => ({
      stepId: one.stepId,
      item: one.item === "" ? [] : one.item.split(".").map(Number),
      itemText: redactedItem(itemText(one), redact),
      status: one.status,
      result: one.result,
      attempts: one.attempts.map((attempt) => ({
        n: attempt.n,
        startedAt: attempt.startedAt,
        finishedAt: attempt.finishedAt,
        isOk: attempt.ok,
        title: redact(attempt.title),
        note: attempt.note && redact(attempt.note),
        requestId: attempt.requestId,
      })),
      startedAt: iso(one.startedAt),
      finishedAt: iso(one.finishedAt),
      until: iso(one.until),
      input: shownRead(one.input, redact),
      output: shownRead(one.output, redact),
      failure: one.failure && { message: redact(one.failure.message), fix: redact(one.failure.fix) },
    })),
    isCut,
    takenOverAt: iso(takenOverAt),
  };
}

/** What a step in a fan out ran for: the fan's item of that number. Not of a list too long to be read whole. */
function itemsOf(steps: readonly Step[], stepRuns: readonly StepRunRow[]) {
  const fanIds = new Set(listSteps(steps).flatMap(({ id, type }) => (type === "fan_out" ? [id] : [])));
  const fans = new Map(
    stepRuns.flatMap(({ stepId, item, input }) =>
      fanIds.has(stepId) && input?.isWhole ? [[`${stepId} ${item}`, JSON.parse(input.json) as { items?: unknown[] }]] : [],
    ),
  );
  return ({ stepId, item }: StepRunRow): unknown => {
    const fan = item === "" ? null : itemOfPlace(steps, { stepId, item });
    return fan && fans.get(`${fan.fan.stepId} ${fan.fan.item}`)?.items?.[fan.n];
  };
}

const LONGEST_ITEM = 40;

function redactedItem(item: unknown, redact: Redactor): string | null {
  if (typeof item !== "string" && typeof item !== "number") return null;
  const text = redact(String(item));
  return text.length > LONGEST_ITEM ? null : text;
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function shown(value: unknown, redact: Redactor, bytes?: number) {
  if (value === null || value === undefined) return null;
  const text = redactBody(typeof value === "string" ? value : JSON.stringify(value, null, 2), redact);
  const size = bytes ?? Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value));
  return { text: cutText(text, MOST_SHOWN), size, isCut: text.length > MOST_SHOWN };
}

function shownRead(value: ReadValue | null, redact: Redactor) {
  if (!value) return null;
  const { json, isWhole, bytes } = value;
  if (isWhole) return shown(JSON.parse(json), redact, bytes);
  return { text: cutText(redactBeginning(json, redact), MOST_SHOWN), size: bytes, isCut: true };
}

type PathStep = {
  id: string;
  type: Step["type"];
  kind: string;
  label: string;
  hue?: 1 | 2 | 3 | 4 | 5 | 6;
  then?: PathStep[];
  else?: PathStep[];
  steps?: PathStep[];
};

function pathStep(step: Step, names: RunNames): PathStep {
  const { id, type } = step;
  const inner = (steps: Step[]) => steps.map((one) => pathStep(one, names));
  const common = { id, type, label: inWords(step.name) };
  switch (step.type) {
    case "request": {
      const resource = names.resources.get(step.resourceId);
      const hue = resource && resource.colour >= 1 ? { hue: resource.colour as PathStep["hue"] } : {};
      return { ...common, kind: resource ? `${resource.name} Request` : "Request of a deleted resource", ...hue };
    }
    case "condition":
      // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a step
      return { ...common, kind: "Conditional", then: inner(step.then), else: inner(step.else) };
    case "fan_out":
      return { ...common, kind: `Fan Out, up to ${step.concurrency} at once`, steps: inner(step.steps) };
    case "delay":
      return { ...common, kind: `Delay of ${step.amount} ${step.amount === 1 ? step.unit.slice(0, -1) : step.unit}` };
    case "function":
      return { ...common, kind: "Function" };
    case "response":
      return { ...common, kind: "Response" };
  }
}

/** What stands where a trigger has no name to tell. */
const UNNAMED: Partial<Record<WorkflowTrigger["type"], string>> = {
  resource: "Deleted trigger",
  request: "A call of your app",
  user_connected: "Any resource",
};

function wordsOf(trigger: WorkflowTrigger | undefined, { resources, triggers }: RunNames) {
  if (!trigger) return { type: "event", kind: "Trigger", label: "Of a deleted version" } as const;
  const { label, ...words } = triggerWords(trigger, { resource: (id) => resources.get(id)?.name, trigger: (id) => triggers.get(id) });
  return { ...words, type: trigger.type, label: label || (UNNAMED[trigger.type] ?? "") };
}

/** What the stepper says of each step, and which problems hold for what is typed now. Pure. */
import { TRIGGER_STEPS, type TriggerStep } from "#lib/paths.ts";
import { diffDrafts } from "#lib/resources/merge-drafts.ts";
import type { TriggerForm, TriggerProblem } from "#lib/triggers/schema.ts";
import { needsSecret, TRIGGER_LEVEL_LABELS, VERIFICATION_LABELS } from "#lib/triggers/words.ts";

export type CurrentTriggerProblem = TriggerProblem & {
  step: TriggerStep;
  /** Nothing is typed there yet: said gently, and only once the step was left. */
  isMissing: boolean;
};

/** The second step is the request that tells the API, or the URL that one copies. */
export const stepLabel = (step: TriggerStep, { creation }: Pick<TriggerForm["body"], "creation">): string => {
  if (step === "webhook") return creation === "request" ? "Request" : "Webhook URL";
  return { basics: "Basics", verification: "Verification", events: "Events", listen: "Listen" }[step];
};

export function stepOfProblem(path: string): TriggerStep {
  const [section] = path.split(".");
  if (section === "name" || section === "level" || section === "creation") return "basics";
  if (section === "subscription") return "webhook";
  if (section === "verification" || section === "networks" || section === "secret") return "verification";
  return "events";
}

/** The server's last findings, less what was changed since. Whether a secret is set is known here: it isn't part of the draft. */
export function currentTriggerProblems(
  draft: TriggerForm,
  review: { body: TriggerForm; problems: readonly TriggerProblem[] },
  { hasSecret }: { hasSecret: boolean },
): CurrentTriggerProblem[] {
  const { verification, creation, subscription } = draft.body;
  const isGiven = creation === "request" && subscription.secretPath !== "";
  const lacksSecret = needsSecret(verification.scheme) && !hasSecret && !isGiven;
  const kept = review.problems.filter(
    ({ path }) => path !== "secret" && diffDrafts(valueAt(draft, path), valueAt(review.body, path)).length === 0,
  );
  const secret = lacksSecret ? [{ path: "secret", message: "Set the secret: without one every delivery is refused." }] : [];
  return [...kept, ...secret].map((problem) => ({
    ...problem,
    step: stepOfProblem(problem.path),
    isMissing: isEmpty(valueAt(draft, problem.path)),
  }));
}

function valueAt(draft: TriggerForm, path: string): unknown {
  const from: unknown = path === "name" ? draft : draft.body;
  return path
    .split(".")
    .reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? at[key as keyof typeof at] : undefined), from);
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0) || (typeof value === "object" && value !== null);

export type TriggerStepState = { step: TriggerStep; state: "todo" | "now" | "done" | "error"; summary: string };

/** `left`: steps that were left by Next, Back or the stepper. What is missing there is now said aloud. */
export function triggerStepStates(
  draft: TriggerForm,
  problems: readonly CurrentTriggerProblem[],
  { current, left, hasHeard, isFinished }: { current: TriggerStep; left: ReadonlySet<TriggerStep>; hasHeard: boolean; isFinished: boolean },
): TriggerStepState[] {
  return TRIGGER_STEPS.map((step) => {
    const own = problems.filter((problem) => problem.step === step);
    const isCurrent = step === current;
    const isSaid = own.length > 0 && (own.some(({ isMissing }) => !isMissing) || (left.has(step) && !isCurrent));
    if (isSaid) return { step, state: "error", summary: own.length === 1 ? "1 thing to fix" : `${own.length} things to fix` };
    if (isCurrent) return { step, state: "now", summary: summaryOf(step, draft, hasHeard) };
    // A step that begins filled in is done once it was seen.
    const isDone = own.length === 0 && (step === "listen" ? hasHeard : isFinished || left.has(step));
    return { step, state: isDone ? "done" : "todo", summary: isDone ? summaryOf(step, draft, hasHeard) : "To do" };
  });
}

function summaryOf(step: TriggerStep, { body }: TriggerForm, hasHeard: boolean): string {
  switch (step) {
    case "basics":
      return `${body.creation === "request" ? "API request" : "By hand"} · ${TRIGGER_LEVEL_LABELS[body.level]}`;
    case "webhook":
      if (body.creation === "manual") return body.level === "user" ? "One a user" : "One for all";
      return `${body.subscription.create.method} ${body.subscription.create.path}`;
    case "verification":
      return VERIFICATION_LABELS[body.verification.scheme];
    case "events": {
      const conditions = body.filter.conditions.length;
      return conditions === 0 ? "Every event" : conditions === 1 ? "1 condition" : `${conditions} conditions`;
    }
    case "listen":
      return hasHeard ? "An event arrived" : "Waits for an event";
  }
}

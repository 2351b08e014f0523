/** What one step does, apart from where its result is kept. */
import type { Scope } from "#db/queries/scope.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { storableJson, storableText } from "#lib/storable.ts";
import { renderJson, renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import { performRequestStep } from "./perform-request-step.ts";
import { runFunction } from "./run-function.ts";
import { delaySeconds, type RequestStep, type ResponseStep, type Step, type StepFailure } from "./schema.ts";
import { readValue } from "./step-scope.ts";
import { MOST_ITEMS } from "./words.ts";

export type StepOutcome = {
  /** A word for the list: a condition's branch, an answer's status. */
  result?: string;
  input?: unknown;
  inputBytes?: number;
  output?: unknown;
  outputBytes?: number;
  /** Of its activity rows. */
  requestId?: string;
} & (
  | { kind: "done"; branch?: "then" | "else"; total?: number; response?: StepResponse }
  /** `retryAfterMs` undefined: trying again won't help. `goesOn`: the run doesn't fail with it. */
  | { kind: "failed"; failure: StepFailure; retryAfterMs?: number; goesOn: boolean }
  | { kind: "wait"; seconds: number }
);

export type StepResponse = { status: number; headers: [string, string][]; body: string };

export type StepContext = {
  scope: Scope;
  userId: string | null;
  user: { id: string; metadata: Record<string, unknown> } | null;
  variables: Pick<TemplateScope, "trigger" | "steps" | "item">;
  idempotencyKey: string;
  run: { id: string; step: string };
  /** From 1. */
  attempt: number;
  /** A Delay step's time has come. */
  resumed: boolean;
};

export async function runStep(spine: Spine, step: Step, context: StepContext): Promise<StepOutcome> {
  const scope: TemplateScope = { ...context.variables, ...(context.user ? { user: context.user } : {}) };
  try {
    switch (step.type) {
      case "request":
        return await request(spine, step, context);
      case "condition": {
        const branch = evaluateCondition(step, scope) ? "then" : "else";
        return { kind: "done", branch, result: branch === "then" ? "True" : "False", output: { branch } };
      }
      case "fan_out":
        return fanOut(readValue(step.items, scope));
      case "delay":
        return context.resumed ? { kind: "done" } : { kind: "wait", seconds: delaySeconds(step) };
      case "function": {
        const ran = await runFunction(step.code, scope);
        return ran.ok
          ? sized({ kind: "done", output: storableJson(ran.output) ?? null })
          : { kind: "failed", failure: ran.failure, goesOn: false };
      }
      case "response":
        return respond(step, scope);
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const failure = { kind: "template", message: error.message, fix: "Correct the field in the workflow, publish it, and replay the run." };
    return { kind: "failed", failure, goesOn: step.type === "request" && step.continueOnFailure };
  }
}

async function request(
  spine: Spine,
  step: RequestStep,
  { scope, userId, variables, idempotencyKey, run, attempt }: StepContext,
): Promise<StepOutcome> {
  const result = await performRequestStep(spine, scope, { step, userId, variables, idempotencyKey, run });
  const { title, input, inputBytes, outputBytes, requestId } = result;
  const facts = { result: title, input, inputBytes, outputBytes, requestId };
  if (result.ok) return { kind: "done", ...facts, output: result.output };
  const mayRetry = result.isPassing && attempt < step.attempts;
  return {
    kind: "failed",
    ...facts,
    output: result.output ?? undefined,
    failure: result.failure,
    ...(mayRetry ? { retryAfterMs: pauseBefore(attempt + 1, result.retryAfterMs, Math.random()) } : {}),
    goesOn: step.continueOnFailure,
  };
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** Back-off with jitter, and never sooner than the API asked for. `random`: 0 to 1. */
export function pauseBefore(attempt: number, askedMs: number | undefined, random: number): number {
  const backOff = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 2), LONGEST_PAUSE_MS) * (0.5 + random);
  return askedMs === undefined ? backOff : Math.max(askedMs + random * FIRST_PAUSE_MS, backOff);
}

function fanOut(items: unknown): StepOutcome {
  if (!Array.isArray(items)) {
    const message = `A fan out needs a list, and this is ${items === undefined || items === null ? "nothing" : typeof items}.`;
    return {
      kind: "failed",
      failure: { kind: "not_a_list", message, fix: "Name a list in Items, such as {{trigger.body.watchers}}." },
      goesOn: false,
    };
  }
  if (items.length > MOST_ITEMS) {
    const message = `The list has ${items.length} items; a fan out takes ${MOST_ITEMS} at most.`;
    return {
      kind: "failed",
      failure: { kind: "too_many_items", message, fix: "Take a part of it in a Function step first." },
      goesOn: false,
    };
  }
  const input = { items };
  return {
    kind: "done",
    total: items.length,
    result: items.length === 1 ? "1 item" : `${items.length} items`,
    input,
    inputBytes: Buffer.byteLength(JSON.stringify(input)),
  };
}

function respond(step: ResponseStep, scope: TemplateScope): StepOutcome {
  const headers = step.headers
    .filter(({ name }) => name)
    .map(({ name, value }): [string, string] => [name, renderTemplate(value, scope, "header")]);
  const body = isJson(step.body) ? renderJson(step.body, scope) : renderTemplate(step.body, scope, "text");
  const response = { status: step.status, headers, body: storableText(body) };
  return { kind: "done", response, result: String(step.status), output: response, outputBytes: Buffer.byteLength(body) };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

const sized = (outcome: StepOutcome): StepOutcome => ({
  ...outcome,
  outputBytes: Buffer.byteLength(JSON.stringify(outcome.output ?? null)),
});

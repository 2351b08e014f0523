/**
 * What a workflow is: a trigger and an ordered tree of steps. One set of shapes, composed twice: the *draft*, which keeps whatever was
 * typed so far, and the *definition*, what publishing requires. Browser-safe: forms, server actions and stored columns all use these.
 */
import { z } from "zod";
import { Method, Template } from "#lib/resources/schema.ts";
import {
  DELAY_UNITS,
  EVENT_NAME,
  LONGEST_DELAY_SECONDS,
  MOST_ATTEMPTS,
  MOST_CONCURRENCY,
  MOST_STEPS,
  OPERATORS,
  SECONDS_OF,
  STEP_NAME,
} from "./words.ts";

export const WorkflowName = z
  .string()
  .trim()
  .min(1, "Give the workflow a name, such as Notify watchers.")
  .max(64, "Use at most 64 characters.");
/** What New Workflow and Rename ask for. */
export const NamedWorkflow = z.object({ name: WorkflowName });

/** How templates read a step's output: `{{steps.<name>...}}`. */
export const StepName = z.string().regex(STEP_NAME, "Start with a small letter, then small letters, digits and _ (48 at most).");

/** A name that an app sends to `event()`. */
export const EventName = z.string().regex(EVENT_NAME, "Use letters, digits and . _ : - (100 at most), such as task.completed.");

/** Of a query parameter, a field or a part: sent as it is written, so one that looks like a template is a mistake. */
export const FieldName = z
  .string()
  .refine((name) => !/\{\{|\{%/.test(name), "A name is sent as it is written: use {{ }} in the value only.");

const Pair = z.object({ name: z.string().max(200), value: Template });
const LongText = z.string().max(65_536);

export const StepBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("json"), text: LongText }),
  z.object({ kind: z.literal("form"), fields: z.array(Pair).max(100) }),
  z.object({ kind: z.literal("multipart"), fields: z.array(Pair).max(100) }),
  z.object({ kind: z.literal("raw"), text: LongText, contentType: z.string().max(200) }),
]);
export type StepBody = z.infer<typeof StepBody>;

/** Follows an API's pages: where the next one is written in an answer, as a JSON path to an address or to a value of a query parameter. */
export const Paging = z.object({
  next: z.string().max(500),
  parameter: z.string().max(200),
  items: z.string().max(500),
  most: z.number().int().min(1).max(100),
});
export type Paging = z.infer<typeof Paging>;

const base = { id: z.uuid(), name: z.string().max(48) };

export const RequestStep = z.object({
  ...base,
  type: z.literal("request"),
  resourceId: z.string(),
  request: z.object({ method: Method, path: Template, query: z.array(Pair).max(100), headers: z.array(Pair).max(100), body: StepBody }),
  paging: Paging.optional(),
  attempts: z.number().int().min(1).max(MOST_ATTEMPTS),
  continueOnFailure: z.boolean(),
});
export type RequestStep = z.infer<typeof RequestStep>;

export const Rule = z.object({ left: Template, operator: z.enum(OPERATORS), right: Template });
export type Rule = z.infer<typeof Rule>;

/** `groups`: all rules of one of them hold. */
export type ConditionStep = { id: string; name: string; type: "condition"; groups: { rules: Rule[] }[]; then: Step[]; else: Step[] };
/** `items`: a template that gives a list. `steps` run once for each, at most `concurrency` items at a time. */
export type FanOutStep = { id: string; name: string; type: "fan_out"; items: string; concurrency: number; steps: Step[] };

export const DelayStep = z.object({
  ...base,
  type: z.literal("delay"),
  amount: z.number().int().min(1).max(1_000_000),
  unit: z.enum(DELAY_UNITS),
});
export type DelayStep = z.infer<typeof DelayStep>;

/** JavaScript without I/O: what the last expression or `return` gives is the step's output. */
export const FunctionStep = z.object({ ...base, type: z.literal("function"), code: LongText });
export type FunctionStep = z.infer<typeof FunctionStep>;

/** What the caller of a Request trigger gets. */
export const ResponseStep = z.object({
  ...base,
  type: z.literal("response"),
  status: z.number().int().min(200).max(599),
  headers: z.array(Pair).max(50),
  body: LongText,
});
export type ResponseStep = z.infer<typeof ResponseStep>;

export type Step = RequestStep | ConditionStep | FanOutStep | DelayStep | FunctionStep | ResponseStep;

export const Step: z.ZodType<Step> = z.lazy(() =>
  z.discriminatedUnion("type", [
    RequestStep,
    z.object({
      ...base,
      type: z.literal("condition"),
      groups: z.array(z.object({ rules: z.array(Rule).max(20) })).max(20),
      // biome-ignore lint/suspicious/noThenProperty: a list of steps, nothing that could be called
      then: z.array(Step),
      else: z.array(Step),
    }),
    z.object({
      ...base,
      type: z.literal("fan_out"),
      items: Template,
      concurrency: z.number().int().min(1).max(MOST_CONCURRENCY),
      steps: z.array(Step),
    }),
    DelayStep,
    FunctionStep,
    ResponseStep,
  ]),
);

/** A query parameter or header of a Request trigger. `example` stands for the kind of its value: see find-value-problem. */
const AskedValue = z.object({ name: z.string().max(200), required: z.boolean(), example: z.string().max(1_000).optional() });
export type AskedValue = z.infer<typeof AskedValue>;

/** `example`: JSON that stands for the schema of what may come: see list-misfits. "" asks for nothing. */
export const WorkflowTrigger = z.discriminatedUnion("type", [
  z.object({ type: z.literal("resource"), resourceId: z.string(), triggerId: z.string() }),
  z.object({ type: z.literal("event"), name: z.string().max(100), example: LongText }),
  z.object({
    type: z.literal("request"),
    body: LongText.optional(),
    query: z.array(AskedValue).max(50).optional(),
    headers: z.array(AskedValue).max(50).optional(),
  }),
  z.object({ type: z.literal("schedule"), cron: z.string().max(100), zone: z.string().max(64) }),
  z.object({ type: z.literal("user_connected"), resourceId: z.string().optional() }),
]);
export type WorkflowTrigger = z.infer<typeof WorkflowTrigger>;

/** Kept as it is typed; nothing in it need make sense yet. */
export const WorkflowDraft = z.object({ trigger: WorkflowTrigger.optional(), steps: z.array(Step).max(MOST_STEPS) });
export type WorkflowDraft = z.infer<typeof WorkflowDraft>;

/** What is published, and what runs. Made by check-workflow from a draft that has no problem left. */
export type WorkflowDefinition = { trigger: WorkflowTrigger; steps: Step[] };

export const emptyWorkflowDraft = (): WorkflowDraft => ({ steps: [] });

export const delaySeconds = ({ amount, unit }: Pick<DelayStep, "amount" | "unit">): number =>
  Math.min(amount * SECONDS_OF[unit], LONGEST_DELAY_SECONDS);

/** What started it, as templates read it under `trigger`. */
export type TriggerPayload = Record<string, unknown>;

/** A fan out under way: items in all, those begun so far, and those at work. */
export type FanState = { total: number; next: number; running: number };

/** Where a run stands, beyond the places that its jobs name. Written with each step's result, in its transaction. */
export type RunState = {
  /** By `<step id>@<item>` of the fan out. */
  fans?: Record<string, FanState>;
  /** Places that wait for a time to come. */
  waiting?: number;
};

export type StepFailure = { kind: string; message: string; fix: string };

export type StepAttempt = {
  n: number;
  /** ISO. */
  startedAt: string;
  finishedAt: string | null;
  ok: boolean;
  /** "201 Created", "Time limit reached". */
  title: string;
  /** "Retry-After: 12, so it waited 12 s". */
  note: string | null;
  /** Of its activity rows. */
  requestId: string | null;
};

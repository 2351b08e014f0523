import type { KnownVariable } from "#lib/template/variables.ts";
import { type SampledVariable, sampleVariables } from "#lib/workflows/sample-variables.ts";
import type { Step, WorkflowDraft } from "#lib/workflows/schema.ts";
import { fansAround, stepsBefore } from "#lib/workflows/step-tree.ts";
import type { StepSamples } from "./editor-types.ts";

const USER: SampledVariable[] = [
  { name: "user.id", description: "The connected user's id", secret: false },
  { name: "user.metadata", description: "What your app saved about the user", secret: false, open: true },
];

/** What the templates of a step may read, with the values of the samples: the trigger first, then the steps before it, then its own. */
export function variablesFor(
  { steps }: Pick<WorkflowDraft, "steps">,
  stepId: string,
  samples: StepSamples,
  own: readonly KnownVariable[],
): SampledVariable[] {
  const fan = fansAround(steps, stepId).at(-1);
  const items = fan && samples[fan.id]?.value;
  const names = new Set(own.map(({ name }) => name));
  return [
    ...(fan ? sampleVariables("item", Array.isArray(items) ? items[0] : undefined, "Of the list around it") : []),
    ...sampleVariables("trigger", samples.trigger?.value, "What started the run"),
    ...stepsBefore(steps, stepId).flatMap((step) => outputVariables(step, samples[step.id]?.value)),
    ...USER.filter(({ name }) => !names.has(name)),
    ...own,
  ];
}

function outputVariables({ name, type }: Step, sample: unknown): SampledVariable[] {
  if (type === "delay") return [];
  if (type !== "fan_out") return sampleVariables(`steps.${name}`, sample);
  return [{ name: `steps.${name}.items`, description: "What its last step gave, for each item", secret: false, open: true }];
}

export const sampleOfVariable = (variable: KnownVariable): string | undefined =>
  variable.secret ? "••••••" : (variable as SampledVariable).sample;

/** What templates read of the samples. `items`: of the list around the step; null outside of any. */
export type SampledScope = { trigger: unknown; steps: Record<string, unknown>; user: object; items: readonly unknown[] | null };

export function sampledScope({ steps }: Pick<WorkflowDraft, "steps">, stepId: string, samples: StepSamples): SampledScope {
  const fan = fansAround(steps, stepId).at(-1);
  const items = fan && samples[fan.id]?.value;
  const given = stepsBefore(steps, stepId).flatMap(({ id, name, type }) =>
    type !== "fan_out" && samples[id] ? [[name, samples[id].value] as const] : [],
  );
  return {
    trigger: samples.trigger?.value ?? {},
    steps: Object.fromEntries(given),
    user: { id: "test-user", metadata: {} },
    items: Array.isArray(items) ? items : null,
  };
}

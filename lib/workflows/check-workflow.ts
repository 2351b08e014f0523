/** What stands against publishing a draft, each at its step and field. Pure: what is known of the project is the caller's. */
import { listKnownVariables } from "#lib/resources/list-known-variables.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { parseTemplate, type TemplateFormat } from "#lib/template/parse-template.ts";
import { findUnknownVariables, type KnownVariable } from "#lib/template/variables.ts";
import { listStepTemplates } from "./list-step-templates.ts";
import { type Step, WorkflowDefinition, type WorkflowDraft } from "./schema.ts";
import { branchesOf, fansAround, listSteps, stepsBefore } from "./step-tree.ts";

export type FoundProblem = {
  /** "trigger", the id of a step, or null for the workflow as a whole. */
  at: string | null;
  path: string;
  message: string;
};

export type WorkflowContext = {
  /** The published resources, by id. */
  resources: ReadonlyMap<string, ResourceDefinition>;
  /** The fully configured triggers of resources: `<resource id>/<trigger id>`. */
  triggers: ReadonlySet<string>;
};

export type CheckedWorkflow = { definition: WorkflowDefinition | null; problems: FoundProblem[] };

export function checkWorkflow(body: WorkflowDraft, context: WorkflowContext): CheckedWorkflow {
  const parsed = WorkflowDefinition.safeParse(body);
  const shape = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ ...locate(body, path), message }));
  const problems = firstOfEach([...shape, ...checkTrigger(body, context), ...checkSteps(body, context)]);
  return { definition: parsed.success && problems.length === 0 ? parsed.data : null, problems };
}

const firstOfEach = (problems: FoundProblem[]): FoundProblem[] => {
  const seen = new Set<string>();
  return problems.filter(({ at, path }) => {
    const key = `${at} ${path}`;
    return seen.has(key) ? false : seen.add(key);
  });
};

/** The step that a path of the whole draft leads into, and what is left of the path there. */
function locate(body: WorkflowDraft, path: readonly PropertyKey[]): { at: string | null; path: string } {
  let [value, at, rest]: [unknown, string | null, PropertyKey[]] = [body, null, []];
  for (const key of path) {
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    rest.push(key);
    if (rest.length === 1 && key === "trigger") [at, rest] = ["trigger", []];
    else if (typeof value === "object" && value !== null && "id" in value && "type" in value && typeof key === "number")
      [at, rest] = [String(value.id), []];
  }
  return { at, path: rest.join(".") };
}

function checkTrigger({ trigger }: WorkflowDraft, { resources, triggers }: WorkflowContext): FoundProblem[] {
  if (!trigger) return [{ at: null, path: "trigger", message: "Choose a trigger: what starts this workflow." }];
  if (trigger.type === "resource" && !triggers.has(`${trigger.resourceId}/${trigger.triggerId}`)) {
    return [{ at: "trigger", path: "triggerId", message: "This trigger was deleted, or isn’t set up to its end. Choose another, or finish it." }];
  }
  if (trigger.type === "user_connected" && trigger.resourceId && !resources.has(trigger.resourceId)) {
    return [{ at: "trigger", path: "resourceId", message: "This resource was deleted or isn’t published. Choose another." }];
  }
  return [];
}

function checkSteps(body: WorkflowDraft, context: WorkflowContext): FoundProblem[] {
  const steps = listSteps(body.steps);
  if (steps.length === 0) return [{ at: null, path: "steps", message: "Add a step: a workflow without one does nothing." }];
  const names = new Map<string, number>();
  for (const { name } of steps) names.set(name, (names.get(name) ?? 0) + 1);
  return steps.flatMap((step) => [
    ...(names.get(step.name)! > 1 ? [{ at: step.id, path: "name", message: "Another step has this name. Choose another." }] : []),
    ...(step.type === "request" && !context.resources.has(step.resourceId ?? "")
      ? [{ at: step.id, path: "resourceId", message: "Its resource was deleted or isn’t published. Delete the step, or publish the resource." }]
      : []),
    ...checkTemplates(body, step, context),
  ]);
}

function checkTemplates(body: WorkflowDraft, step: Step, context: WorkflowContext): FoundProblem[] {
  const known = knownIn(body, step, context);
  return listStepTemplates(step).flatMap(({ path, text, format }) => {
    const message = findTemplateProblem(text, format, known);
    return message ? [{ at: step.id, path, message }] : [];
  });
}

function findTemplateProblem(text: string, format: TemplateFormat, known: readonly KnownVariable[]): string | null {
  const broken = parseTemplate(text, format).find((part) => part.kind === "problem");
  if (broken?.kind === "problem") return broken.message;
  return findUnknownVariables(text, known, format)[0]?.fix ?? null;
}

/** The names that a step's templates may begin with. What is below them is known only when it runs. */
function knownIn(body: WorkflowDraft, step: Step, { resources }: WorkflowContext): KnownVariable[] {
  const open = (name: string): KnownVariable => ({ name, secret: false, open: true });
  const resource = step.type === "request" ? resources.get(step.resourceId ?? "") : undefined;
  return [
    open("trigger"),
    ...stepsBefore(body.steps, step.id).map(({ name }) => open(`steps.${name}`)),
    ...(fansAround(body.steps, step.id).length > 0 ? [open("item")] : []),
    { name: "user.id", secret: false },
    open("user.metadata"),
    ...(resource ? listKnownVariables(resource, "request", []).filter(({ name }) => !name.startsWith("user.")) : []),
  ];
}

/** Whether anything waits for an answer of the workflow's own. */
export const hasResponse = (steps: readonly Step[]): boolean =>
  steps.some((step) => step.type === "response" || branchesOf(step).some(([, inner]) => hasResponse(inner)));

/** What stands against publishing a draft, each at its step and field. Pure: what is known of the project is the caller's. */

import { AnswerHeader } from "#lib/requests/answer-header.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import { listKnownVariables } from "#lib/resources/list-known-variables.ts";
import { secretsReadBy } from "#lib/resources/list-secret-references.ts";
import { findJsonPathProblem } from "#lib/resources/read-json-path.ts";
import { HeaderName, type ResourceDefinition } from "#lib/resources/schema.ts";
import { parseTemplate, type TemplateFormat } from "#lib/template/parse-template.ts";
import { findUnknownVariables, type KnownVariable } from "#lib/template/variables.ts";
import { listStepTemplates } from "./list-step-templates.ts";
import { findScheduleProblem } from "./read-schedule.ts";
import { type AskedValue, FieldName, type Step, type WorkflowDefinition, type WorkflowDraft } from "./schema.ts";
import { fansAround, listSteps, stepsBefore } from "./step-tree.ts";
import { EVENT_NAME, HEADERS_KEPT_BACK, STEP_NAME } from "./words.ts";

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
  /** The project's secrets, by name. */
  secretNames: readonly string[];
};

export type CheckedWorkflow = { definition: WorkflowDefinition | null; problems: FoundProblem[] };

/** `now`: a schedule must come again after it. */
export function checkWorkflow(body: WorkflowDraft, context: WorkflowContext, now: Date): CheckedWorkflow {
  const { trigger, steps } = body;
  const problems = firstOfEach([...checkTrigger(body, context, now), ...checkSteps(body, context)]);
  return { definition: trigger && problems.length === 0 ? { trigger, steps } : null, problems };
}

/** One problem a field: the first. */
function firstOfEach(problems: FoundProblem[]): FoundProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ at, path }) => {
    const key = `${at} ${path}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function checkTrigger({ trigger }: WorkflowDraft, { resources, triggers }: WorkflowContext, now: Date): FoundProblem[] {
  if (!trigger) return [{ at: null, path: "trigger", message: "Choose a trigger: what starts this workflow." }];
  const wrong = (path: string, message: string): FoundProblem[] => [{ at: "trigger", path, message }];
  switch (trigger.type) {
    case "resource":
      if (triggers.has(`${trigger.resourceId}/${trigger.triggerId}`)) return [];
      return wrong("triggerId", "This trigger was deleted, or isn’t set up to its end. Choose another, or finish it.");
    case "event":
      return [
        ...(EVENT_NAME.test(trigger.name) ? [] : wrong("name", "Use letters, digits and . _ : - (100 at most), such as task.completed.")),
        ...(isExample(trigger.example) ? [] : wrong("example", "This isn’t JSON. Check its commas, quotes and brackets.")),
      ];
    case "request":
      return [
        ...(isExample(trigger.body ?? "") ? [] : wrong("body", "This isn’t JSON. Check its commas, quotes and brackets.")),
        ...checkAsked("query", trigger.query, () => null),
        ...checkAsked("headers", trigger.headers, findHeaderProblem),
      ];
    case "schedule": {
      const problem = findScheduleProblem(trigger, now);
      return problem ? wrong(problem.field, problem.message) : [];
    }
    case "user_connected":
      return !trigger.resourceId || resources.has(trigger.resourceId)
        ? []
        : wrong("resourceId", "This resource was deleted or isn’t published. Choose another.");
  }
}

/** What a Request trigger asks for by name: each has one, and no two the same. */
function checkAsked(
  part: "query" | "headers",
  list: readonly AskedValue[] = [],
  findProblem: (name: string) => string | null,
): FoundProblem[] {
  const spelt = list.map(({ name }) => (part === "headers" ? name.toLowerCase() : name));
  return list.flatMap(({ name }, index) => {
    const message =
      name.trim() === ""
        ? "Give it a name, or remove the row."
        : spelt.indexOf(spelt[index]!) < index
          ? "It stands here twice. Remove one."
          : findProblem(name);
    return message ? [{ at: "trigger", path: `${part}.${index}.name`, message }] : [];
  });
}

function findHeaderProblem(name: string): string | null {
  if (!/^[A-Za-z0-9-]+$/.test(name)) return "A header name has letters, digits and hyphens only.";
  return HEADERS_KEPT_BACK.test(name) ? "Workflows don’t get to see this header." : null;
}

/** JSON, or nothing. */
function isExample(text: string): boolean {
  if (!text.trim()) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function checkSteps(body: WorkflowDraft, context: WorkflowContext): FoundProblem[] {
  const steps = listSteps(body.steps);
  if (steps.length === 0) return [{ at: null, path: "steps", message: "Add a step: a workflow without one does nothing." }];
  const names = new Map<string, number>();
  for (const { name } of steps) names.set(name, (names.get(name) ?? 0) + 1);
  return steps.flatMap((step) => [
    ...(STEP_NAME.test(step.name)
      ? []
      : [{ at: step.id, path: "name", message: "Start with a small letter, then small letters, digits and _ (48 at most)." }]),
    ...((names.get(step.name) ?? 0) > 1 ? [{ at: step.id, path: "name", message: "Another step has this name. Choose another." }] : []),
    ...(step.type === "request" && !context.resources.has(step.resourceId)
      ? [
          {
            at: step.id,
            path: "resourceId",
            message: "Its resource was deleted or isn’t published. Delete the step, or publish the resource.",
          },
        ]
      : []),
    ...checkFields(step, body.trigger),
    ...checkTemplates(body, step, context),
    ...checkHosts(step, context),
  ]);
}

/** Who may choose the host (rules.md): publishing is an admin's word, but not for a host that isn't the admin's to choose. */
function checkHosts(step: Step, { resources }: WorkflowContext): FoundProblem[] {
  const resource = step.type === "request" ? resources.get(step.resourceId) : undefined;
  const [input] = resource ? inputsThatChooseHosts(resource, "requests") : [];
  if (!resource || input === undefined) return [];
  return listStepTemplates(step).flatMap(({ path, ...template }) => {
    const [name] = secretsReadBy(resource, [template]);
    if (name === undefined) return [];
    const why = `secrets.${name} would go to a host that each user of this resource chooses with inputs.${input}.`;
    const fix = "Take it out, or end the resource’s API Base URL in a domain of the API.";
    return [{ at: step.id, path, message: `${why} ${fix}` }];
  });
}

/** The published client ends its user’s session at these, since it can’t tell who answered. */
const SIGNS_OUT = new Set([401, 403]);

/** What a step must have before it can run. */
function checkFields(step: Step, trigger: WorkflowDraft["trigger"]): FoundProblem[] {
  const wrong = (path: string, message: string): FoundProblem => ({ at: step.id, path, message });
  const checkNames = (path: string, list: { name: string }[], schema: typeof HeaderName) =>
    list.flatMap(({ name }, index) => {
      const parsed = schema.safeParse(name);
      return name === "" || parsed.success ? [] : [wrong(`${path}.${index}.name`, parsed.error.issues[0]?.message ?? "")];
    });
  switch (step.type) {
    case "request": {
      const { headers, query, body } = step.request;
      const checkPath = (path: string, text: string) => {
        const message = findJsonPathProblem(text);
        return message ? [wrong(path, message)] : [];
      };
      return [
        ...(step.paging ? checkPath("paging.next", step.paging.next) : []),
        ...(step.paging?.items ? checkPath("paging.items", step.paging.items) : []),
        ...checkNames("request.headers", headers, HeaderName),
        ...checkNames("request.query", query, FieldName),
        ...(body.kind === "form" || body.kind === "multipart" ? checkNames("request.body.fields", body.fields, FieldName) : []),
      ];
    }
    case "condition":
      return step.groups.flatMap(({ rules }, group) =>
        rules.flatMap(({ left }, index) => (left.trim() ? [] : [wrong(`groups.${group}.rules.${index}.left`, "Name a value to look at.")])),
      );
    case "fan_out":
      return [
        ...(/^\s*\{\{[^{}]*\}\}\s*$/.test(step.items)
          ? []
          : [wrong("items", "Write one expression that is a list, such as {{trigger.body.watchers}}.")]),
        ...(step.steps.length > 0 ? [] : [wrong("steps", "Add a step inside: it runs for each item.")]),
      ];
    case "function":
      return step.code.trim() ? [] : [wrong("code", "Write what it computes, or delete the step.")];
    case "response":
      return [
        ...(trigger?.type === "request" && SIGNS_OUT.has(step.status)
          ? [
              wrong(
                "status",
                `Clients take ${step.status} for a refused user token, and sign the user out. Use another, such as 409, and say why in the body.`,
              ),
            ]
          : []),
        ...checkNames("headers", step.headers, AnswerHeader),
      ];
    case "delay":
      return [];
  }
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
function knownIn(body: WorkflowDraft, step: Step, { resources, secretNames }: WorkflowContext): KnownVariable[] {
  const open = (name: string): KnownVariable => ({ name, secret: false, open: true });
  const resource = step.type === "request" ? resources.get(step.resourceId) : undefined;
  return [
    open("trigger"),
    ...stepsBefore(body.steps, step.id).map(({ name }) => open(`steps.${name}`)),
    ...(fansAround(body.steps, step.id).length > 0 ? [open("item")] : []),
    { name: "user.id", secret: false },
    open("user.metadata"),
    ...(resource ? listKnownVariables(resource, "request", secretNames).filter(({ name }) => !name.startsWith("user.")) : []),
  ];
}

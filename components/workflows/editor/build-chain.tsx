import { CircleAlert } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import type { Step, WorkflowDraft } from "#lib/workflows/schema.ts";
import { branchesOf, listSteps } from "#lib/workflows/step-tree.ts";
import type { ChainItem } from "../chain-types.ts";
import { describeStep, describeTrigger } from "./describe-step.tsx";
import type { EditorResource, StepSamples, WorkflowProblem } from "./editor-types.ts";
import { StepTestBadge } from "./step-test-badge.tsx";
import type { StepTests } from "./use-step-tests.ts";

type Given = {
  resources: readonly EditorResource[];
  tests: Pick<StepTests, "of" | "running">;
  samples: StepSamples;
  problems: readonly WorkflowProblem[];
};

// biome-ignore lint/suspicious/noThenProperty: the name of a branch, nothing that could be called
const BRANCH_LABELS = { then: "If true", else: "Otherwise", steps: "For each item" };

export type BuiltChain = ReturnType<typeof buildChain>;

/** The draft as cards, with what is to fix or how the last test went at their right. */
export function buildChain(body: WorkflowDraft, given: Given) {
  const looks = new Map(listSteps(body.steps).map((step) => [step.id, describeStep(step, given.resources)]));
  const names = new Map([...looks].map(([id, { label }]) => [id, label]));
  const trigger: ChainItem | null = body.trigger
    ? { id: "trigger", ...describeTrigger(body.trigger, given.resources), chip: chipOf("trigger", given) }
    : null;
  if (trigger) names.set("trigger", trigger.label);
  /** "Function: Nothing written yet", where a card isn't seen. */
  const fullName = (id: string) => {
    const look = id === "trigger" ? trigger : looks.get(id);
    return look ? `${look.kind}: ${look.label}` : "Trigger";
  };
  return { names, fullName, trigger, items: body.steps.map((step) => toItem(step, given)) };
}

function toItem(step: Step, given: Given): ChainItem {
  const branches = branchesOf(step);
  return {
    id: step.id,
    ...describeStep(step, given.resources),
    chip: chipOf(step.id, given),
    ...(branches.length > 0
      ? {
          frame: step.type === "fan_out" ? "fan" : "fork",
          branches: branches.map(([key, inner]) => ({ key, label: BRANCH_LABELS[key], items: inner.map((each) => toItem(each, given)) })),
        }
      : {}),
  };
}

function chipOf(id: string, { tests, samples, problems }: Given) {
  const count = problems.filter(({ at }) => at === id).length;
  if (count > 0) {
    return (
      <Badge tone="danger" icon={<CircleAlert aria-hidden />}>
        {count} to fix
      </Badge>
    );
  }
  if (tests.running === id) return <Badge tone="info">Testing…</Badge>;
  const test = tests.of(id);
  if (test) return <StepTestBadge test={test} />;
  return samples[id] ? <Badge>Sample</Badge> : null;
}

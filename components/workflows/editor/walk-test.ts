import type { Step } from "#lib/workflows/schema.ts";
import type { StepTestAnswer } from "./editor-types.ts";

/** The steps that passed in this walk, each with the value that it gave. */
export type Passed = Map<string, unknown>;

/**
 * Tests steps in the order that a run would take: down the branch that a condition chose, and once through the steps of a fan out, with
 * its first item. Those in `passed` aren't tested again, and those that pass are added. Ends at the first that doesn't, and names it.
 */
export async function walkTest(
  steps: readonly Step[],
  passed: Passed,
  test: (id: string) => Promise<StepTestAnswer>,
): Promise<string | null> {
  for (const step of steps) {
    if (!passed.has(step.id)) {
      const answer = await test(step.id);
      if (answer.test.state !== "passed") return step.id;
      passed.set(step.id, answer.sample?.value);
    }
    const stopped = await walkTest(stepsInside(step, passed.get(step.id)), passed, test);
    if (stopped) return stopped;
  }
  return null;
}

function stepsInside(step: Step, value: unknown): readonly Step[] {
  if (step.type === "condition") return (value as { branch?: string } | undefined)?.branch === "else" ? step.else : step.then;
  if (step.type === "fan_out") return Array.isArray(value) && value.length === 0 ? [] : step.steps;
  return [];
}

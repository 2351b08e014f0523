import type { ActionResult } from "#lib/errors.ts";
import { stepTestPath } from "#lib/paths.ts";
import type { StepTestAnswer } from "./editor-types.ts";

/** By a route of its own: server actions of a page go one after the other, and what is typed meanwhile must be saved all the same. */
export async function sendStepTest({
  projectId,
  workflowId,
  ...input
}: {
  projectId: string;
  workflowId: string;
  stepId: string;
  confirmed: boolean;
}): Promise<ActionResult<StepTestAnswer>> {
  const response = await fetch(stepTestPath(projectId, workflowId), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(input),
  });
  const lines = (await response.text()).trim().split("\n");
  return JSON.parse(lines.at(-1) ?? "") as ActionResult<StepTestAnswer>;
}

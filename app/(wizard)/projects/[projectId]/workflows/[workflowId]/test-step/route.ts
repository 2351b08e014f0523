import { z } from "zod";
import { getSpine } from "#app/_gates/spine.ts";
import { streamAction } from "#app/_gates/stream-action.ts";
import type { StepTestAnswer } from "#components/workflows/editor/editor-types.ts";
import { can } from "#lib/projects/roles.ts";
import { testStep } from "#lib/workflows/test-step.ts";

/** Test step: what was sent, what came back, and the sample that it leaves. */
export const POST = streamAction({
  permission: "workflows.test",
  input: z.object({ workflowId: z.uuid(), stepId: z.uuid(), confirmed: z.boolean() }),
  run: ({ scope, actor, role, input, requestId }): Promise<StepTestAnswer> =>
    testStep(getSpine(), scope, actor, { ...input, requestId, byAdmin: can(role, "secrets.write") }),
});

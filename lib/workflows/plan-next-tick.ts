import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { workflow, workflowVersion } from "#db/schema/workflows.ts";
import { nextTick } from "./read-schedule.ts";

/**
 * Says when a workflow that is switched on ticks next: the first time after now, whatever was missed while it was off. Does nothing for
 * one that doesn't begin with a schedule.
 */
export async function planNextTick(
  { projectId }: Scope,
  tx: Database,
  { workflowId, now }: { workflowId: string; now: Date },
): Promise<void> {
  const [live] = await tx
    .select({ body: workflowVersion.body })
    .from(workflow)
    .innerJoin(
      workflowVersion,
      and(
        eq(workflowVersion.projectId, workflow.projectId),
        eq(workflowVersion.workflowId, workflow.id),
        eq(workflowVersion.number, workflow.liveVersion),
      ),
    )
    .where(and(eq(workflow.projectId, projectId), eq(workflow.id, workflowId)));
  const trigger = live?.body.trigger;
  if (trigger?.type !== "schedule") return;
  await tx
    .update(workflow)
    .set({ nextRunAt: nextTick(trigger, now) })
    .where(and(eq(workflow.projectId, projectId), eq(workflow.id, workflowId)));
}

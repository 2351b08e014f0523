import { and, eq, isNull, sql } from "drizzle-orm";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import { settlePauses } from "#db/queries/workflow-needs.ts";
import { findWorkflow, findWorkflowVersion } from "#db/queries/workflows.ts";
import { workflow, workflowDraft, workflowVersion } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { checkWorkflow } from "./check-workflow.ts";
import { nextTick } from "./read-schedule.ts";
import { readWorkflowContext } from "./read-workflow-context.ts";
import { WorkflowDraft, type WorkflowTrigger } from "./schema.ts";

/**
 * Makes the draft the next version, which never changes and runs from the next event on. The first one is enabled at once, for every
 * connected user. What is missing is refused with the fields.
 */
export async function publishWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, version }: { workflowId: string; version: number },
): Promise<{ number: number }> {
  return await db.transaction(async (tx) => {
    // Deleting a resource or a secret waits until this is through, and then sees that it is needed. Before the workflow's own row, which
    // that locks too.
    await tx.execute(sql`select 1 from resource where project_id = ${scope.projectId} and deleted_at is null for share`);
    await tx.execute(sql`select 1 from secret where project_id = ${scope.projectId} for key share`);
    await tx
      .select({ id: workflow.id })
      .from(workflow)
      .where(and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId)))
      .for("update");
    const found = await findWorkflow(scope, tx, workflowId);
    if (!found) throw new AppError("not_found", "This workflow was deleted. Go back to Workflows.");
    if (found.draft.version !== version) {
      throw new AppError("conflict", "The draft was changed elsewhere meanwhile. Look at what changed, then publish again.");
    }
    const now = new Date(databaseNow());
    const { definition, problems } = checkWorkflow(found.draft.body, await readWorkflowContext(scope, tx), now);
    if (!definition) {
      const fields = Object.fromEntries(problems.map(({ at, path, message }) => [[at, path].filter(Boolean).join("."), message]));
      throw new AppError("bad_input", problems.length === 1 ? problems[0]!.message : `${problems.length} things need a change.`, {
        fields,
      });
    }
    const [last] = await tx
      .select({ number: sql<number>`coalesce(max(${workflowVersion.number}), 0)::int` })
      .from(workflowVersion)
      .where(and(eq(workflowVersion.projectId, scope.projectId), eq(workflowVersion.workflowId, workflowId)));
    const number = (last?.number ?? 0) + 1;
    await tx.insert(workflowVersion).values({
      ...scope,
      workflowId,
      number,
      schemaVersion: bodyVersion("workflow"),
      body: definition,
      publishedBy: actor.kind === "member" ? actor.id : null,
    });
    await tx
      .update(workflow)
      .set({
        liveVersion: number,
        updatedAt: sql`now()`,
        ...sourceOf(definition.trigger, now),
        ...(found.liveVersion === null ? { isEnabled: true } : {}),
      })
      .where(and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt)));
    await settlePauses(scope, tx, { workflowId });
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "workflow.publish",
      subject: `workflow:${workflowId}`,
      detail: { version: number },
    });
    return { number };
  });
}

/** What the workflow is found by when something happens, and when its clock ticks next. */
function sourceOf(trigger: WorkflowTrigger, now: Date): { triggerType: string; triggerKey: string | null; nextRunAt: Date | null } {
  const source = { triggerType: trigger.type, triggerKey: null, nextRunAt: null };
  switch (trigger.type) {
    case "resource":
      return { ...source, triggerKey: trigger.triggerId };
    case "event":
      return { ...source, triggerKey: trigger.name };
    case "user_connected":
      return { ...source, triggerKey: trigger.resourceId || null };
    case "schedule":
      return { ...source, nextRunAt: nextTick(trigger, now) };
    case "request":
      return source;
  }
}

/** Brings a version's trigger and steps back into the draft. What runs stays as it is until Publish. */
export async function restoreWorkflowVersion(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, number }: { workflowId: string; number: number },
): Promise<{ version: number; body: WorkflowDraft; savedAt: Date }> {
  return await db.transaction(async (tx) => {
    const [found, old] = [await findWorkflow(scope, tx, workflowId), await findWorkflowVersion(scope, tx, workflowId, number)];
    if (!found || !old) throw new AppError("not_found", "This version doesn’t exist. Reload the page.");
    const body = WorkflowDraft.parse(old.body);
    const [saved] = await tx
      .update(workflowDraft)
      .set({
        body,
        version: sql`${workflowDraft.version} + 1`,
        schemaVersion: bodyVersion("workflow"),
        updatedAt: sql`now()`,
        updatedBy: actor.kind === "member" ? actor.id : null,
      })
      .where(and(eq(workflowDraft.projectId, scope.projectId), eq(workflowDraft.workflowId, workflowId)))
      .returning({ version: workflowDraft.version, savedAt: workflowDraft.updatedAt });
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "workflow.restore-version",
      subject: `workflow:${workflowId}`,
      detail: { version: number },
    });
    return { ...saved!, body };
  });
}

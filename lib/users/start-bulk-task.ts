import { and, eq } from "drizzle-orm";
import type { Database, Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findFewUsers } from "#db/queries/users.ts";
import { bulkTask } from "#db/schema/credentials.ts";
import { project } from "#db/schema/members.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import type { BulkFilter, BulkKind } from "./schema.ts";

/**
 * Begins one act over many users; the worker does it (run-bulk-task). A set of at most a thousand is kept by its ids, so that exactly
 * those who were confirmed are touched; a larger one by its filter. One at a time in a project: two would undo each other.
 */
export async function startBulkTask(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  actor: Actor,
  { kind, filter }: { kind: BulkKind; filter: BulkFilter },
): Promise<{ id: string }> {
  const userIds = filter.userIds ? [...new Set(filter.userIds)] : await findFewUsers(scope, sql, filter);
  if (userIds?.length === 0) throw new AppError("not_found", "No user matches any more. Reload the list.");
  return await db.transaction(async (tx) => {
    await tx.select({ id: project.id }).from(project).where(eq(project.id, scope.projectId)).for("update");
    const [running] = await tx
      .select({ id: bulkTask.id })
      .from(bulkTask)
      .where(and(eq(bulkTask.projectId, scope.projectId), eq(bulkTask.state, "running")))
      .limit(1);
    if (running) throw new AppError("conflict", "Another bulk action is still running in this project. Wait until it is done, or stop it.");
    const [made] = await tx
      .insert(bulkTask)
      .values({
        ...scope,
        kind,
        filter: { ...filter, userIds },
        total: userIds?.length ?? 0,
        createdBy: actor.kind === "member" ? actor.id : null,
      })
      .returning({ id: bulkTask.id });
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "users.bulk",
      subject: `bulk_task:${made!.id}`,
      detail: { kind, users: userIds?.length ?? "all that match", q: filter.q, status: filter.status, resourceId: filter.resourceId },
    });
    return made!;
  });
}

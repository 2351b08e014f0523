import type { Database, Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findFewUsers } from "#db/queries/users.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { beginBulkTask } from "#lib/bulk/begin-bulk-task.ts";
import { AppError } from "#lib/errors.ts";
import type { BulkFilter, BulkKind } from "./schema.ts";

/**
 * Begins one act over many users. A set of at most a thousand is kept by its ids, so that exactly those who were confirmed are
 * touched; a larger one by its filter.
 */
export async function startBulkTask(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  actor: Actor,
  { kind, filter }: { kind: BulkKind; filter: BulkFilter },
): Promise<{ id: string }> {
  const userIds = filter.userIds ? [...new Set(filter.userIds)] : await findFewUsers(scope, sql, filter);
  if (userIds?.length === 0) throw new AppError("not_found", "No user matches any more. Reload the list.");
  return await beginBulkTask(scope, db, actor, {
    kind,
    filter: { ...filter, userIds },
    total: userIds?.length ?? 0,
    audit: {
      action: "users.bulk",
      detail: { kind, users: userIds?.length ?? "all that match", q: filter.q, status: filter.status, resourceId: filter.resourceId },
    },
  });
}

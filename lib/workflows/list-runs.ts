import type { Sql } from "#db/client.ts";
import { listRuns, type RunKey, type RunListRow, type RunQuery } from "#db/queries/runs.ts";
import type { Scope } from "#db/queries/scope.ts";
import { momentsOf, type RunFilter } from "./run-words.ts";

/** A run as lists show it: times as text, the failure as one sentence. */
export const asSummary = (row: RunListRow) => ({
  id: row.id,
  at: row.at,
  workflowId: row.workflowId,
  workflowName: row.workflowName,
  version: row.version,
  status: row.status,
  source: row.source,
  isReplay: row.isReplay,
  userId: row.userId,
  userKind: row.userKind,
  externalId: row.externalId,
  userName: row.userName,
  startedAt: row.startedAt?.toISOString() ?? null,
  finishedAt: row.finishedAt?.toISOString() ?? null,
  failure: row.failure && `${row.failure.message} ${row.failure.fix}`.trim(),
});

/** What the database is asked for a filter; null when its user isn't known. */
export async function toRunQuery({ projectId }: Scope, sql: Sql, filter: RunFilter, now: Date): Promise<RunQuery | null> {
  const { from, to } = momentsOf(filter, now);
  const query: RunQuery = {
    from,
    ...(to ? { to } : {}),
    ...(filter.workflow ? { workflowId: filter.workflow } : {}),
    ...(filter.status ? { status: filter.status } : {}),
  };
  if (!filter.user) return query;
  const [user] = await sql<{ id: string }[]>`
    select id from connected_user where project_id = ${projectId} and external_id = ${filter.user} and kind = 'user'`;
  return user ? { ...query, userId: user.id } : null;
}

/** One page of what a filter asks for; `before` goes on from a page. `unknownUser` is more than "none match". */
export async function searchRuns(
  scope: Scope,
  sql: Sql,
  filter: RunFilter,
  { before, now = new Date() }: { before?: RunKey; now?: Date } = {},
) {
  const query = await toRunQuery(scope, sql, filter, now);
  if (!query) return { rows: [], next: null, unknownUser: true };
  const { rows, next } = await listRuns(scope, sql, query, before ? { before } : {});
  return { rows: rows.map(asSummary), next };
}

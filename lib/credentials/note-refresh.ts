import type { Sql } from "#db/client.ts";
import type { TokenFailureKind } from "./token-endpoint.ts";

type Count = { projectId: string; resourceId: string; refreshed: number; failed: number; lastFailure: TokenFailureKind | null };

/** Renewals since the last flush, by resource: told in batches, so that users of one resource don't queue for its row. */
const counts = new Map<string, Count>();

/** `failure`: only of the kinds that may pass by themselves; a dead refresh token says nothing about the API. */
export function noteRefresh(projectId: string, resourceId: string, failure: TokenFailureKind | null): void {
  const key = `${projectId}/${resourceId}`;
  const count = counts.get(key) ?? { projectId, resourceId, refreshed: 0, failed: 0, lastFailure: null };
  if (failure) {
    count.failed++;
    count.lastFailure = failure;
  } else count.refreshed++;
  counts.set(key, count);
}

/** So many failures within two windows, and more than so many renewals that worked: the API is down. */
const LEAST_FAILURES = 3;

/**
 * Adds the counts to each resource's windows of a minute and judges it: an outage begins when, in this window and the one before, most
 * renewals fail, and ends when most work again. Called every second by the process, and when it ends.
 */
export async function flushRefreshes(sql: Sql): Promise<void> {
  if (counts.size === 0) return;
  const rows = [...counts.values()].sort((a, b) => (a.resourceId < b.resourceId ? -1 : 1));
  counts.clear();
  for (const { projectId, resourceId, refreshed, failed, lastFailure } of rows) {
    await sql`
      insert into resource_health as h (project_id, resource_id, refreshed, failed, outage_since, last_failure)
      select ${projectId}, ${resourceId}, ${refreshed}, ${failed},
        case when ${failed} >= ${LEAST_FAILURES} and ${failed} > ${refreshed} then now() end, ${lastFailure}
      from resource where project_id = ${projectId} and id = ${resourceId}
      on conflict (project_id, resource_id) do update set
        (window_start, refreshed, failed, previous_refreshed, previous_failed, outage_since, last_failure) = (
          select next.start, next.ok, next.bad, next.ok_before, next.bad_before,
            case when next.bad + next.bad_before >= ${LEAST_FAILURES} and next.bad + next.bad_before > next.ok + next.ok_before
              then coalesce(h.outage_since, now()) end,
            coalesce(excluded.last_failure, h.last_failure)
          from (
            select
              case when is_over then now() else h.window_start end as start,
              case when is_over then excluded.refreshed else h.refreshed + excluded.refreshed end as ok,
              case when is_over then excluded.failed else h.failed + excluded.failed end as bad,
              case when is_past then 0 when is_over then h.refreshed else h.previous_refreshed end as ok_before,
              case when is_past then 0 when is_over then h.failed else h.previous_failed end as bad_before
            from (select h.window_start < now() - interval '1 minute' as is_over, h.window_start < now() - interval '2 minutes' as is_past) age
          ) next)`;
  }
}

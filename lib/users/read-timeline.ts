import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listTimeline, listUses } from "#db/queries/timeline.ts";
import type { TimelineView } from "./schema.ts";

/**
 * A page of a credential's timeline, newest first: its events and, in the view of all, the runs that used it in the same stretch of time.
 * Runs are told from activity, which is kept for a shorter time than events.
 */
export async function readTimeline(
  scope: Scope,
  sql: Sql,
  { credentialId, view, before }: { credentialId: string; view: TimelineView; before: string | null },
) {
  const { events, next } = await listTimeline(scope, sql, { credentialId, view, before });
  const to = before ? new Date(before.split("~")[0] ?? 0) : null;
  const from = next ? (events.at(-1)?.at ?? null) : null;
  const { uses, isCut } = view === "all" ? await listUses(scope, sql, { credentialId, from, to }) : { uses: [], isCut: false };
  return {
    events: events.map(({ at, detail, ...event }) => ({ ...event, at: at.toISOString(), by: detail.by ?? null })),
    uses: uses.map(({ at, ...use }) => ({ ...use, at: at.toISOString() })),
    hasMoreUses: isCut,
    next,
  };
}

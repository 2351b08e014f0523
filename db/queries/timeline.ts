import type { Sql } from "#db/client.ts";
import type { TimelineView } from "#lib/users/schema.ts";
import { keyTime } from "./keyset.ts";
import type { Scope } from "./scope.ts";

export type TimelineEvent = {
  id: string;
  at: Date;
  kind: string;
  cause: string;
  detail: { by?: string; failure?: string; requestId?: string };
  /** Who did it, where a member did. */
  member: string | null;
};

const REFRESHES = ["refreshed", "refresh_failed", "refresh_gave_up"];
const FAILURES = ["refresh_failed", "refresh_gave_up", "verify_failed", "profile_failed", "connect_failed", "refused"];

/** A credential's events, newest first. `before` is where an earlier page ended. */
export async function listTimeline(
  { projectId }: Scope,
  sql: Sql,
  { credentialId, view, before }: { credentialId: string; view: TimelineView; before: string | null },
  limit = 30,
): Promise<{ events: TimelineEvent[]; next: string | null }> {
  const [at, id] = before?.split("~") ?? [];
  const kinds = view === "refreshes" ? REFRESHES : FAILURES;
  const rows = await sql<(TimelineEvent & { atText: string })[]>`
    select e.id, e.at, e.kind, e.cause, e.detail, m.name as member, ${keyTime(sql, "e.at")} as "atText"
    from credential_event e left join member m on m.id = (e.detail->>'memberId')::uuid
    where e.project_id = ${projectId} and e.credential_id = ${credentialId} ${view === "all" ? sql`` : sql`and e.kind = any(${kinds})`}
      ${at && id ? sql`and (e.at, e.id) < (${at}::text::timestamptz, ${id}::uuid)` : sql``}
    order by e.at desc, e.id desc limit ${limit + 1}`;
  const last = rows.length > limit ? rows[limit - 1]! : null;
  return { events: rows.slice(0, limit).map(({ atText: _, ...event }) => event), next: last && `${last.atText}~${last.id}` };
}

/** A run that made a call with a credential: when it first did. */
export type CredentialUse = { id: string; at: Date; workflow: string | null };

const MOST_USES = 100;
/** Calls that are looked at for them: one credential may serve thousands a day. */
const CALLS_LOOKED_AT = 2_000;

/**
 * Runs that used a credential within a stretch of time, newest first, as far back as activity is kept. `isCut`: there were more than 100,
 * or more calls than are looked at.
 */
export async function listUses(
  { projectId }: Scope,
  sql: Sql,
  { credentialId, from, to }: { credentialId: string; from: Date | null; to: Date | null },
): Promise<{ uses: CredentialUse[]; isCut: boolean }> {
  const rows = await sql<(CredentialUse & { looked: number })[]>`
    with calls as materialized (
      select run_id, at from activity
      where project_id = ${projectId} and credential_id = ${credentialId} and run_id is not null
        ${from ? sql`and at >= ${from}` : sql``} ${to ? sql`and at < ${to}` : sql``}
      order by at desc limit ${CALLS_LOOKED_AT}
    ), used as (select run_id, min(at) as at from calls group by run_id order by 2 desc limit ${MOST_USES + 1})
    select used.run_id as id, used.at, w.name as workflow, (select count(*)::int from calls) as looked
    from used
    left join lateral (
      select w.name from run r join workflow w on w.project_id = r.project_id and w.id = r.workflow_id
      where r.project_id = ${projectId} and r.id = used.run_id limit 1
    ) w on true
    order by used.at desc`;
  return {
    uses: rows.slice(0, MOST_USES).map(({ looked: _, ...use }) => use),
    isCut: rows.length > MOST_USES || rows[0]?.looked === CALLS_LOOKED_AT,
  };
}

import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { LiveCredential } from "./live-credential.ts";

type Verdict = { kind: "works" } | { kind: "none" } | { kind: "refused" | "unclear"; sentence: string };

/** After a check that told nothing, the next one comes sooner than the interval says. */
const UNCLEAR_RETRY_SECONDS = 300;

/**
 * What a check found, and when the next one comes: the interval, give or take a tenth, so that checks don't bunch. A result for an older
 * generation is dropped. The timeline gets a line when the status changes, or when a member asked.
 */
export async function storeVerdict(
  { projectId }: Scope,
  sql: Sql,
  { id, generation }: Pick<LiveCredential, "id" | "generation">,
  verdict: Verdict,
  { checkEvery, isAsked }: { checkEvery: number; isAsked: boolean },
): Promise<void> {
  const wait = verdict.kind === "unclear" ? Math.min(checkEvery, UNCLEAR_RETRY_SECONDS) : checkEvery;
  const next = checkEvery > 0 ? sql`now() + make_interval(secs => ${wait}::float8 * (0.9 + random() * 0.2))` : sql`null`;
  const own = sql`project_id = ${projectId} and id = ${id} and generation = ${generation}`;
  if (verdict.kind === "none" || (verdict.kind === "unclear" && !isAsked)) {
    await sql`update credential set verify_at = ${next} where ${own}`;
    return;
  }
  const works = verdict.kind === "works";
  const status =
    verdict.kind === "unclear"
      ? sql`verify_at = ${next}`
      : works
        ? sql`verify_at = ${next}, checked_at = now(), verified_at = now(),
            status = case when reason in ('rejected', 'verify_failed', 'refresh_failed') then 'VALID' else status end,
            reason = case when reason in ('rejected', 'verify_failed', 'refresh_failed') then null else reason end`
        : sql`verify_at = ${next}, checked_at = now(), status = 'INVALID', reason = case status when 'VALID' then 'verify_failed' else reason end`;
  await sql`
    with before as (select status from credential where ${own} for update),
    stored as (update credential set ${status} where ${own} returning status)
    insert into credential_event (project_id, credential_id, kind, cause, detail)
    select ${projectId}, ${id}, ${works ? "verified" : "verify_failed"}, ${verdict.kind === "works" ? "The test request was answered." : verdict.sentence},
      ${sql.json({ by: isAsked ? "manual" : "schedule" })}
    from before, stored where ${isAsked} or before.status <> stored.status`;
}

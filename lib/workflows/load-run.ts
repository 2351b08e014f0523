import type { Database, Sql } from "#db/client.ts";
import { findDeliveryKey, findRun, findRunKey, listStepRuns, MOST_STEP_RUNS } from "#db/queries/runs.ts";
import type { Scope } from "#db/queries/scope.ts";
import { describeRun, MOST_READ } from "./describe-run.ts";
import { redactorForRun } from "./redactor-for-run.ts";

/** A run with all that its page shows, redacted; null when it isn't there. Without `at` it is looked for in every month. */
export async function loadRun(scope: Scope, database: { db: Database; sql: Sql }, { id, at }: { id: string; at?: string }) {
  const { sql } = database;
  const run = await findRun(scope, sql, at ? { id, at } : { id });
  if (!run) return null;
  const [stepRuns, resources, triggers, redact, replayOf, delivery] = await Promise.all([
    listStepRuns(scope, sql, run, MOST_READ),
    sql<{ id: string; name: string; colour: number }[]>`
      select r.id, n.name, coalesce((d.body->'appearance'->>'colour')::int, 0) as colour from resource r
      join resource_name n on n.project_id = r.project_id and n.resource_id = r.id and n.is_current
      left join resource_draft d on d.project_id = r.project_id and d.resource_id = r.id
      where r.project_id = ${scope.projectId} and r.deleted_at is null`,
    findTriggerName(scope, sql, run.definition?.trigger.type === "resource" ? run.definition.trigger.triggerId : null),
    redactorForRun(scope, database, run.userId),
    run.replayOf ? findRunKey(scope, sql, run.replayOf) : null,
    run.deliveryId ? findDeliveryKey(scope, sql, { id: run.deliveryId, runAt: run.at }) : null,
  ]);
  return describeRun({
    run,
    stepRuns: stepRuns.slice(0, MOST_STEP_RUNS),
    isCut: stepRuns.length > MOST_STEP_RUNS,
    names: { resources: new Map(resources.map(({ id: resourceId, ...rest }) => [resourceId, rest])), triggers },
    redact,
    replayOf,
    delivery,
  });
}

async function findTriggerName({ projectId }: Scope, sql: Sql, triggerId: string | null): Promise<Map<string, string>> {
  if (!triggerId) return new Map();
  const rows = await sql<{ id: string; name: string }[]>`
    select id, name from trigger where project_id = ${projectId} and id::text = ${triggerId}`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export type LoadedRun = NonNullable<Awaited<ReturnType<typeof loadRun>>>;

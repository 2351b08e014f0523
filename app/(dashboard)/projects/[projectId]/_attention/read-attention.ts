import { getDatabase } from "#db/client.ts";
import { findCommonFailure, listFailedWorkflows, listResourceTroubles } from "#db/queries/overview.ts";
import { callsByHour } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listTriggers } from "#db/queries/triggers.ts";
import { type Attention, judgeCalls, listAttention } from "#lib/activity/list-attention.ts";

/** What needs attention now, whatever period the charts show. */
export async function readAttention(scope: Scope, now: Date): Promise<Attention[]> {
  const { resources, beside } = await readTroubles(scope);
  const answers = new Map<string, string>();
  await Promise.all(
    resources.map(async (resource) => {
      const { status, since } = judgeCalls(resource, now);
      if (status !== "failing" && status !== "degraded") return;
      const common = await findCommonFailure(scope, getDatabase().db, resource.id, since);
      const answer = common?.status?.toString() ?? common?.failure;
      if (answer) answers.set(resource.id, answer);
    }),
  );
  return listAttention(resources, now, (id) => answers.get(id) ?? null, beside);
}

/** How many things that are: four statements on indexes of what is wrong. */
export async function countAttention(scope: Scope, now: Date): Promise<number> {
  const { resources, beside } = await readTroubles(scope);
  return listAttention(resources, now, () => null, beside).length;
}

async function readTroubles(scope: Scope) {
  const { db, sql } = getDatabase();
  const [troubles, calls, workflows, triggers] = await Promise.all([
    listResourceTroubles(scope, db),
    callsByHour(scope, db),
    listFailedWorkflows(scope, db),
    listTriggers(scope, sql),
  ]);
  const beside: Attention[] = [
    ...triggers
      .filter(({ quarantined }) => quarantined > 0)
      .map(({ id, name, resourceId, resourceName, quarantined }) => ({
        kind: "deliveries_refused" as const,
        triggerId: id,
        trigger: name,
        resourceId,
        resource: resourceName,
        count: quarantined,
      })),
    ...workflows.map(({ since, ...row }) => ({ kind: "runs_failed" as const, ...row, since: since.toISOString() })),
  ];
  return { resources: troubles.map((resource) => ({ ...resource, hours: calls.get(resource.id) ?? [] })), beside };
}

import { z } from "zod";
import type { Sql } from "#db/client.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import type { Json } from "#lib/jobs/schema.ts";
import { startAllRuns } from "./start-run.ts";
import { SCHEDULED_JOB } from "./tick-schedules.ts";
import { scheduledPayload } from "./trigger-payload.ts";

const Tick = z.object({
  projectId: z.uuid(),
  workflowId: z.uuid(),
  tickAt: z.iso.datetime(),
  /** The last user that was begun for. */
  after: z.uuid().nullable(),
});

const BATCH = 200;

/**
 * Starts the runs of one tick, one for each connected user who has the workflow on, some hundreds in a transaction; the rest is the
 * next job's, enqueued in it. It may run twice: a user's run of a tick has a name of its own, which begins once.
 */
export async function startScheduled({ sql }: { sql: Sql }, data: Json): Promise<void> {
  const { projectId, workflowId, tickAt, after } = Tick.parse(data);
  const users = await sql<{ id: string; externalId: string }[]>`
    select u.id, u.external_id as "externalId" from connected_user u
    join workflow w on w.project_id = u.project_id and w.id = ${workflowId}
    left join workflow_enablement e on e.project_id = u.project_id and e.workflow_id = ${workflowId} and e.user_id = u.id
    where u.project_id = ${projectId} and u.kind = 'user' and coalesce(e.enabled, w.is_on_by_default) ${after ? sql`and u.id > ${after}` : sql``}
    order by u.id limit ${BATCH}`;
  await sql.begin(async (tx) => {
    const tick = { projectId, source: { type: "schedule" as const, workflowId } };
    await startAllRuns(
      tx,
      users.map(({ id, externalId }) => ({
        ...tick,
        userIds: [id],
        payload: scheduledPayload(tickAt, { id: externalId }),
        dedupeKey: `schedule:${workflowId}:${tickAt}:${id}`,
      })),
    );
    const last = users.at(-1);
    if (users.length === BATCH && last)
      await enqueue(tx, { name: SCHEDULED_JOB, data: { projectId, workflowId, tickAt, after: last.id }, group: projectId });
  });
}

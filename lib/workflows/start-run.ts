import { randomUUID } from "node:crypto";
import { sql as chunk } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { AppError } from "#lib/errors.ts";
import { storableJson } from "#lib/storable.ts";
import { admitRuns } from "./admit-runs.ts";
import type { TriggerPayload } from "./schema.ts";

export type RunStart =
  | { type: "resource"; triggerId: string }
  | { type: "event"; name: string }
  | { type: "request"; workflowId: string }
  | { type: "schedule"; workflowId: string }
  | { type: "user_connected"; resourceId: string }
  /** With the input that the run had. */
  | { type: "replay"; runId: string; version: "same" | "newest" };

export type NewRuns = {
  source: RunStart;
  /** Of the connected user whose credentials its steps use. */
  userId: string | null;
  /** What templates read under `trigger`: `{ body, headers, query }` of a webhook or a request, or the event's object. */
  payload: TriggerPayload;
  deliveryId?: string;
  /** The same key starts no second run of a workflow for this user. */
  dedupeKey?: string;
  requestId?: string;
};

type Tx = Pick<Database, "execute">;
type Target = { workflowId: string; version: number };

/**
 * Starts a run of each live workflow that listens to the source and is enabled for the project and the user, in the caller's transaction:
 * runs exist when it commits, or never. Those beyond what the project may have in the queue at once wait for their turn.
 */
export async function startRuns(tx: Tx, scope: Scope, start: NewRuns): Promise<{ runIds: string[] }> {
  const { source, userId, deliveryId, dedupeKey, requestId } = start;
  if (source.type === "replay") return await replay(tx, scope, source, requestId);
  const input = storableJson(start.payload);
  if (input === undefined) throw new AppError("bad_input", "The payload is nested more than 60 levels deep. Send it flatter.");
  const targets = await listTargets(tx, scope, source, userId);
  const isNew = dedupeKey === undefined ? () => true : await takeKeys(tx, scope, targets, { userId, dedupeKey });
  const runs = targets.filter(isNew).map(({ workflowId, version, runId }) => ({ id: runId, workflowId, version }));
  await insertRuns(tx, scope, runs, { source: source.type, userId, input, deliveryId, requestId });
  return { runIds: runs.map(({ id }) => id) };
}

async function listTargets(
  tx: Tx,
  { projectId }: Scope,
  source: Exclude<RunStart, { type: "replay" }>,
  userId: string | null,
): Promise<(Target & { runId: string })[]> {
  const listens = () => {
    switch (source.type) {
      case "resource":
        return chunk`w.trigger_key = ${source.triggerId}`;
      case "event":
        return chunk`w.trigger_key = ${source.name}`;
      case "user_connected":
        return chunk`(w.trigger_key is null or w.trigger_key = ${source.resourceId})`;
      case "request":
      case "schedule":
        return chunk`w.id = ${source.workflowId}`;
    }
  };
  const found = await rows<Target>(
    tx,
    chunk`select w.id as "workflowId", w.live_version as version from workflow w
      left join workflow_enablement e on e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = ${userId}
      where w.project_id = ${projectId} and w.trigger_type = ${source.type} and ${listens()}
        and w.is_enabled and w.deleted_at is null and w.paused_reason is null and w.live_version is not null
        and coalesce(e.enabled, ${userId}::uuid is null or w.is_on_by_default)
      order by w.id`,
  );
  return found.map((target) => ({ ...target, runId: randomUUID() }));
}

async function takeKeys(
  tx: Tx,
  { projectId }: Scope,
  targets: (Target & { runId: string })[],
  { userId, dedupeKey }: { userId: string | null; dedupeKey: string },
): Promise<(target: { runId: string }) => boolean> {
  if (targets.length === 0) return () => false;
  const values = chunk.join(
    targets.map(({ workflowId, runId }) => chunk`(${projectId}, ${workflowId}, ${userId ?? ""}, ${dedupeKey}, ${runId})`),
    chunk`, `,
  );
  const taken = await rows<{ runId: string }>(
    tx,
    chunk`insert into run_key (project_id, workflow_id, user_id, key, run_id) values ${values} on conflict do nothing returning run_id as "runId"`,
  );
  const ids = new Set(taken.map(({ runId }) => runId));
  return ({ runId }) => ids.has(runId);
}

async function replay(
  tx: Tx,
  scope: Scope,
  source: Extract<RunStart, { type: "replay" }>,
  requestId: string | undefined,
): Promise<{ runIds: string[] }> {
  const [old] = await rows<{
    workflowId: string;
    version: number;
    userId: string | null;
    input: TriggerPayload;
    deliveryId: string | null;
  }>(
    tx,
    chunk`select r.workflow_id as "workflowId", ${source.version === "same" ? chunk`r.version` : chunk`w.live_version`} as version,
        r.user_id as "userId", r.input, r.delivery_id as "deliveryId"
      from run r join workflow w on w.project_id = r.project_id and w.id = r.workflow_id
      where r.project_id = ${scope.projectId} and r.id = ${source.runId} and w.deleted_at is null and w.live_version is not null`,
  );
  if (!old) throw new AppError("not_found", "This run is gone, or its workflow was deleted. Choose another run.");
  const { workflowId, version, userId, input, deliveryId } = old;
  const id = randomUUID();
  const made = { source: "replay" as const, userId, input, deliveryId: deliveryId ?? undefined, requestId, replayOf: source.runId };
  await insertRuns(tx, scope, [{ id, workflowId, version }], made);
  return { runIds: [id] };
}

async function insertRuns(
  tx: Tx,
  { projectId }: Scope,
  runs: (Target & { id: string })[],
  given: {
    source: RunStart["type"];
    userId: string | null;
    input: TriggerPayload;
    deliveryId?: string;
    replayOf?: string;
    requestId?: string;
  },
): Promise<void> {
  if (runs.length === 0) return;
  const { source, userId, deliveryId = null, replayOf = null, requestId = null } = given;
  const input = JSON.stringify(given.input);
  const values = chunk.join(
    // Whole milliseconds: jobs name a run by its time too, and JavaScript knows no smaller ones.
    runs.map(
      ({
        id,
        workflowId,
        version,
      }) => chunk`(${projectId}, ${id}, date_trunc('milliseconds', clock_timestamp()), ${workflowId}, ${version}::int,
        ${userId}::uuid, ${source}, ${deliveryId}::uuid, ${replayOf}::uuid, ${requestId}::uuid, ${input}::text::jsonb, '{}'::jsonb)`,
    ),
    chunk`, `,
  );
  await tx.execute(chunk`insert into run (project_id, id, at, workflow_id, version, user_id, source, delivery_id, replay_of, request_id, input, state)
    values ${values}`);
  await admitRuns({ projectId }, tx, Math.max(20, runs.length));
}

const rows = async <Row>(tx: Tx, query: ReturnType<typeof chunk>): Promise<Row[]> => (await tx.execute(query)) as unknown as Row[];

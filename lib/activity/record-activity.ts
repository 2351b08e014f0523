import type { Sql } from "#db/client.ts";
import { type ActivityDetail, LATENCY_BOUNDS } from "./schema.ts";

export type ActivityRow = {
  projectId: string;
  resourceId?: string | null;
  userId?: string | null;
  credentialId?: string | null;
  kind: "call" | "token" | "profile" | "verify" | "connect" | "webhook";
  source: "test" | "connect" | "sdk" | "schedule" | "manual" | "workflow" | "webhook";
  method?: string;
  host?: string;
  /** Path and query, redacted. */
  path?: string;
  status?: number;
  failure?: string;
  durationMs: number;
  requestId?: string;
  /** Of a workflow's call. */
  run?: { id: string; step: string };
  detail?: ActivityDetail;
};

export type RecordActivity = (row: ActivityRow) => void;
export type ActivityRecorder = { record: RecordActivity; flush(): Promise<void>; close(): Promise<void> };

const FLUSH_AFTER_MS = 500;
const FLUSH_AT_ROWS = 500;
/** Beyond this the oldest rows are dropped: a database that is away must not fill the memory. */
const MAX_WAITING = 20_000;

/**
 * Buffers activity and its roll-ups and writes both every half second, in one transaction: calls never wait for their log.
 * kill -9 loses at most what is waiting (rules.md, Time and retention). `onError` hears of a failed flush; its rows are tried again,
 * but for a row that the database will never take: that one is dropped, so that it doesn't hold up the others.
 */
export function createActivityRecorder(sql: Sql, onError: (error: unknown) => void = () => {}): ActivityRecorder {
  let waiting: (ActivityRow & { at: Date })[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(async () => {
      const rows = waiting;
      if (rows.length === 0) return;
      waiting = [];
      try {
        const refused = await writeAll(sql, rows);
        for (const error of refused) onError(error);
      } catch (error) {
        onError(error);
        waiting = [...rows, ...waiting].slice(-MAX_WAITING);
        schedule();
      }
    });
    return running;
  };
  const schedule = () => {
    timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };

  return {
    record(row) {
      waiting.push({ ...row, at: new Date() });
      if (waiting.length > MAX_WAITING) waiting.shift();
      if (waiting.length === FLUSH_AT_ROWS) void flush();
      else schedule();
    },
    flush,
    close: flush,
  };
}

/** SQLSTATE classes 21 to 23: the data is at fault, and trying again changes nothing. */
const isRefusal = (error: unknown): boolean => /^2[123]/.test(String((error as { code?: unknown }).code ?? ""));

/** Writes the rows, without those that the database refuses: these are found by halves. Throws when the database is away. */
async function writeAll(sql: Sql, rows: (ActivityRow & { at: Date })[]): Promise<unknown[]> {
  try {
    await write(sql, rows);
    return [];
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (rows.length === 1) return [error];
    const half = Math.ceil(rows.length / 2);
    return [...(await writeAll(sql, rows.slice(0, half))), ...(await writeAll(sql, rows.slice(half)))];
  }
}

async function write(sql: Sql, rows: (ActivityRow & { at: Date })[]): Promise<void> {
  const values = rows.map((row) => ({
    project_id: row.projectId,
    at: row.at.toISOString(),
    resource_id: row.resourceId ?? null,
    user_id: row.userId ?? null,
    credential_id: row.credentialId ?? null,
    kind: row.kind,
    source: row.source,
    method: row.method ?? null,
    path: row.path ?? null,
    host: row.host ?? null,
    status: row.status ?? null,
    failure: row.failure ?? null,
    duration_ms: Math.round(row.durationMs),
    request_id: row.requestId ?? null,
    run_id: row.run?.id ?? null,
    step: row.run?.step ?? null,
    detail: row.detail ?? null,
  }));
  const rollups = rollUp(rows);
  await sql.begin(async (tx) => {
    // One parameter however many rows: one statement to prepare, not one for each number of rows.
    for (let from = 0; from < values.length; from += 1000) {
      await tx`
        insert into activity (project_id, at, resource_id, user_id, credential_id, kind, source, method, path, host, status, failure, duration_ms,
          request_id, run_id, step, detail)
        select * from json_to_recordset(${JSON.stringify(values.slice(from, from + 1000))}::text::json) as row (
          project_id uuid, at timestamptz, resource_id uuid, user_id uuid, credential_id uuid, kind text, source text, method text, path text,
          host text, status integer, failure text, duration_ms integer, request_id uuid, run_id uuid, step text, detail jsonb)`;
    }
    for (const { projectId, resourceId, kind, bucket, class: kindOfEnd, n, latency } of rollups) {
      await tx`
        insert into activity_rollup (project_id, resource_id, kind, bucket, class, n, latency)
        values (${projectId}, ${resourceId}, ${kind}, ${bucket}, ${kindOfEnd}, ${n}, ${latency})
        on conflict (project_id, resource_id, kind, bucket, class) do update set
          n = activity_rollup.n + excluded.n,
          latency = (select array_agg(a + b order by i) from unnest(activity_rollup.latency, excluded.latency) with ordinality as t(a, b, i))`;
    }
  });
}

type Rollup = { projectId: string; resourceId: string; kind: string; bucket: Date; class: string; n: number; latency: number[] };

/** Counts by hour; tests are left out, since they say nothing about the users' calls. */
export function rollUp(rows: (ActivityRow & { at: Date })[]): Rollup[] {
  const byKey = new Map<string, Rollup>();
  for (const row of rows) {
    if (!row.resourceId || row.source === "test") continue;
    const bucket = new Date(Math.floor(row.at.getTime() / 3_600_000) * 3_600_000);
    const kindOfEnd = classOf(row);
    const key = [row.projectId, row.resourceId, row.kind, bucket.getTime(), kindOfEnd].join();
    const rollup = byKey.get(key) ?? {
      projectId: row.projectId,
      resourceId: row.resourceId,
      kind: row.kind,
      bucket,
      class: kindOfEnd,
      n: 0,
      latency: LATENCY_BOUNDS.map(() => 0).concat(0),
    };
    rollup.n++;
    rollup.latency[bucketOf(row.durationMs)]!++;
    byKey.set(key, rollup);
  }
  // In one order everywhere, so that two processes flushing at once can't deadlock.
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rollup]) => rollup);
}

const bucketOf = (durationMs: number): number => {
  const index = LATENCY_BOUNDS.findIndex((bound) => durationMs <= bound);
  return index < 0 ? LATENCY_BOUNDS.length : index;
};

function classOf({ status, failure }: ActivityRow): "ok" | "client_error" | "server_error" | "failure" {
  if (failure || status === undefined) return "failure";
  return status < 400 ? "ok" : status < 500 ? "client_error" : "server_error";
}

import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { ActivityDetail } from "#lib/activity/schema.ts";
import { at, id, now } from "./columns.ts";

/** One call, refresh or connect. Partitioned by day; expires by dropping partitions. Never holds a secret. */
export const activity = pgTable(
  "activity",
  {
    projectId: uuid().notNull(),
    id: id(),
    at: now(),
    resourceId: uuid(),
    userId: uuid(),
    credentialId: uuid(),
    kind: text({ enum: ["call", "token", "profile", "verify", "connect", "webhook"] }).notNull(),
    source: text({ enum: ["test", "connect", "sdk", "schedule", "manual", "workflow", "webhook"] }).notNull(),
    method: text(),
    /** Path and query, redacted. */
    path: text(),
    host: text(),
    status: integer(),
    /** A failure kind of lib/transport or an error code of ours. */
    failure: text(),
    durationMs: integer().notNull().default(0),
    requestId: uuid(),
    /** Of a workflow's call: the run, and in it the step with its place in fan outs ("<step>", "<step>/0"). */
    runId: uuid(),
    step: text(),
    detail: jsonb().$type<ActivityDetail>(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.at, table.id] }),
    index("activity_resource").on(table.projectId, table.resourceId, table.at),
    index("activity_user").on(table.projectId, table.userId, table.at).where(sql`user_id is not null`),
    index("activity_request").on(table.projectId, table.requestId).where(sql`request_id is not null`),
    // What isn't a plain call is rare among them, and looked for.
    index("activity_kind").on(table.projectId, table.kind, table.at).where(sql`kind <> 'call'`),
    // Which runs used a credential: its timeline tells.
    index("activity_run").on(table.projectId, table.credentialId, table.at).where(sql`run_id is not null`),
    index("activity_failed").on(table.projectId, table.at).where(sql`failure is not null or status >= 400`),
  ],
);

/** Counts by hour. `latency` is a histogram of durations: see lib/activity/schema. */
export const activityRollup = pgTable(
  "activity_rollup",
  {
    projectId: uuid().notNull(),
    resourceId: uuid().notNull(),
    kind: text().notNull(),
    bucket: at().notNull(),
    /** ok, client_error, server_error, failure */
    class: text().notNull(),
    n: bigint({ mode: "number" }).notNull(),
    latency: bigint({ mode: "number" }).array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.resourceId, table.kind, table.bucket, table.class] }),
    // For expiry: hours come in their order, so that a few pages of index tell the old rows.
    index("activity_rollup_bucket").using("brin", table.bucket),
  ],
);

/** What members and API keys do. Append-only: a trigger refuses UPDATE and DELETE. Partitioned by month. */
export const audit = pgTable(
  "audit",
  {
    /** Null for what belongs to no project, such as a sign-in. */
    projectId: uuid(),
    id: id(),
    at: now(),
    actorKind: text({ enum: ["member", "system", "anonymous"] }).notNull(),
    actorId: uuid(),
    action: text().notNull(),
    /** The noun and id that it happened to. */
    subject: text().notNull().default(""),
    address: text(),
    detail: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.at, table.id] }), index("audit_project").on(table.projectId, table.at)],
);

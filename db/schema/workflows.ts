import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { RunState, StepAttempt, StepFailure, TriggerPayload, WorkflowDefinition, WorkflowDraft } from "#lib/workflows/schema.ts";
import { at, id, now } from "./columns.ts";
import { member, project } from "./members.ts";

export const workflow = pgTable(
  "workflow",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    name: text().notNull(),
    liveVersion: integer(),
    /** For the whole project: off, it starts for nobody. */
    isEnabled: boolean().notNull().default(false),
    /** For a connected user without a switch of their own in workflow_enablement. */
    isOnByDefault: boolean().notNull().default(true),
    /** Why it stands still though it is enabled: a resource of it was deleted, say. */
    pausedReason: text(),
    /** Runs of it that may be under way at once, and of one user's. Null: as many as the instance admits. */
    maxRuns: integer(),
    maxRunsPerUser: integer(),
    createdBy: uuid().references(() => member.id, { onDelete: "set null" }),
    createdAt: now(),
    updatedAt: now(),
    deletedAt: at(),
    /** What starts the live version, so that a source is found by index: its type, and a trigger's id, an event's name or a resource's id. */
    triggerType: text(),
    triggerKey: text(),
    /** For schedules: the next tick. */
    nextRunAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    index("workflow_list").on(table.projectId, table.updatedAt).where(sql`deleted_at is null`),
    index("workflow_trigger").on(table.projectId, table.triggerType, table.triggerKey).where(sql`is_enabled and deleted_at is null`),
    index("workflow_next_run").on(table.nextRunAt).where(sql`next_run_at is not null and is_enabled and deleted_at is null`),
  ],
);

export const workflowDraft = pgTable(
  "workflow_draft",
  {
    projectId: uuid().notNull(),
    workflowId: uuid().notNull(),
    /** Raised by each save; a save names the version that it was typed on. */
    version: integer().notNull().default(1),
    baseVersion: integer(),
    schemaVersion: integer().notNull(),
    body: jsonb().$type<WorkflowDraft>().notNull(),
    updatedBy: uuid().references(() => member.id, { onDelete: "set null" }),
    updatedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.workflowId] }),
    foreignKey({ columns: [table.projectId, table.workflowId], foreignColumns: [workflow.projectId, workflow.id] }).onDelete("cascade"),
  ],
);

/** What a step or the trigger last gave in a test, redacted: templates are shown and tested with it. `key`: a step's id, or "trigger". */
export const workflowSample = pgTable(
  "workflow_sample",
  {
    projectId: uuid().notNull(),
    workflowId: uuid().notNull(),
    key: text().notNull(),
    source: text().notNull(),
    value: jsonb().$type<unknown>(),
    at: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.workflowId, table.key] }),
    foreignKey({ columns: [table.projectId, table.workflowId], foreignColumns: [workflow.projectId, workflow.id] }).onDelete("cascade"),
  ],
);

export const workflowVersion = pgTable(
  "workflow_version",
  {
    projectId: uuid().notNull(),
    workflowId: uuid().notNull(),
    number: integer().notNull(),
    schemaVersion: integer().notNull(),
    body: jsonb().$type<WorkflowDefinition>().notNull(),
    publishedBy: uuid().references(() => member.id, { onDelete: "set null" }),
    publishedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.workflowId, table.number] }),
    foreignKey({ columns: [table.projectId, table.workflowId], foreignColumns: [workflow.projectId, workflow.id] }).onDelete("cascade"),
  ],
);

/** One user's own switch, theirs by the SDK or a member's for them. Without a row the workflow's `is_on_by_default` holds. */
export const workflowEnablement = pgTable(
  "workflow_enablement",
  {
    projectId: uuid().notNull(),
    workflowId: uuid().notNull(),
    userId: uuid().notNull(),
    enabled: boolean().notNull(),
    updatedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.workflowId, table.userId] }),
    foreignKey({ columns: [table.projectId, table.workflowId], foreignColumns: [workflow.projectId, workflow.id] }).onDelete("cascade"),
    index("workflow_enablement_user").on(table.projectId, table.userId),
  ],
);

/** One execution of a version for one connected user. Partitioned by month of `at`, when it was asked for; rows of one run share it. */
export const run = pgTable(
  "run",
  {
    projectId: uuid().notNull(),
    id: id(),
    at: now(),
    workflowId: uuid().notNull(),
    version: integer().notNull(),
    userId: uuid(),
    status: text({ enum: ["queued", "running", "waiting", "succeeded", "failed", "cancelled"] })
      .notNull()
      .default("queued"),
    source: text({ enum: ["resource", "event", "request", "schedule", "user_connected", "replay"] }).notNull(),
    /** Handed to the queue: until then it waits here for its project's, workflow's or user's turn. */
    admittedAt: at(),
    deliveryId: uuid(),
    replayOf: uuid(),
    requestId: uuid(),
    /** As it came: steps read it whole. Pages show it redacted. */
    input: jsonb().$type<TriggerPayload>().notNull(),
    /** Where the run stands. Written with each step's result, in its transaction. */
    state: jsonb().$type<RunState>().notNull(),
    /** Of a Response step: what the caller was answered. */
    response: jsonb().$type<{ status: number; headers: [string, string][]; body: string }>(),
    failure: jsonb().$type<StepFailure>(),
    cancelledAt: at(),
    startedAt: at(),
    finishedAt: at(),
    /** When another worker went on with it. */
    takenOverAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id, table.at] }),
    index("run_list").on(table.projectId, table.at, table.id),
    index("run_workflow").on(table.projectId, table.workflowId, table.at),
    index("run_user").on(table.projectId, table.userId, table.at).where(sql`user_id is not null`),
    index("run_delivery").on(table.projectId, table.deliveryId).where(sql`delivery_id is not null`),
    index("run_failed").on(table.projectId, table.at).where(sql`status = 'failed'`),
    index("run_open").on(table.projectId, table.workflowId, table.userId).where(sql`status in ('queued', 'running', 'waiting')`),
    index("run_waiting").on(table.projectId, table.at).where(sql`admitted_at is null and status = 'queued'`),
    index("run_admitted")
      .on(table.projectId, table.workflowId, table.userId)
      .where(sql`admitted_at is not null and status in ('queued', 'running')`),
  ],
);

/** Runs by the hour in which they ended, and how. Rows leave with the history that the instance keeps. */
export const runRollup = pgTable(
  "run_rollup",
  {
    projectId: uuid().notNull(),
    workflowId: uuid().notNull(),
    bucket: at().notNull(),
    status: text({ enum: ["succeeded", "failed", "cancelled"] }).notNull(),
    n: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.workflowId, table.bucket, table.status] })],
);

/** What has started a run already: the same key starts no second one of the same workflow and user. Rows of a week ago are let go. */
export const runKey = pgTable(
  "run_key",
  {
    projectId: uuid().notNull(),
    workflowId: uuid().notNull(),
    /** "" where the run is nobody's. */
    userId: text().notNull(),
    key: text().notNull(),
    runId: uuid().notNull(),
    at: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.workflowId, table.userId, table.key] }),
    foreignKey({ columns: [table.projectId, table.workflowId], foreignColumns: [workflow.projectId, workflow.id] }).onDelete("cascade"),
    index("run_key_at").on(table.at),
  ],
);

/** One step of a run, in a fan out for one item. What it gave is whole, since later steps read it; pages mask it and cut it. Partitioned as its run. */
export const stepRun = pgTable(
  "step_run",
  {
    projectId: uuid().notNull(),
    runId: uuid().notNull(),
    /** Its run's. */
    at: at().notNull(),
    stepId: uuid().notNull(),
    /** Which item of each fan out around it, from 0, joined by dots; "" outside them. */
    item: text().notNull().default(""),
    status: text({ enum: ["queued", "running", "waiting", "succeeded", "failed", "cancelled"] }).notNull(),
    result: text(),
    attempts: jsonb().$type<StepAttempt[]>().notNull().default([]),
    input: jsonb().$type<unknown>(),
    inputBytes: integer(),
    /** What later steps read, whole, up to a limit: secrets in it are masked where it is shown. */
    output: jsonb().$type<unknown>(),
    outputBytes: integer(),
    failure: jsonb().$type<StepFailure>(),
    startedAt: at(),
    finishedAt: at(),
    /** Until when it waits. */
    until: at(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.runId, table.stepId, table.item, table.at] })],
);

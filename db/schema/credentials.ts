import { sql } from "drizzle-orm";
import { bigint, boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { at, bytea, id, now } from "./columns.ts";
import { member, project } from "./members.ts";
import { resource } from "./resources.ts";
import { connectedUser } from "./users.ts";

/** The sealed secrets of one connected user (or of the app, or of the test user) for one resource. */
export const credential = pgTable(
  "credential",
  {
    projectId: uuid().notNull(),
    id: id(),
    resourceId: uuid().notNull(),
    owner: text({ enum: ["user", "test", "app", "candidate"] }).notNull(),
    /** Null for the app's one credential and its candidate. */
    userId: uuid(),
    /** Raised whenever the supplied values change: a late result for an older generation is dropped. */
    generation: integer().notNull().default(1),
    /** Sealed JSON: `StoredSecrets` of lib/credentials/schema. */
    ciphertext: bytea().notNull(),
    keyId: text().notNull(),
    /** Keyed digest of the values as last supplied. */
    suppliedDigest: bytea().notNull(),
    /** Names of the inputs and keys that were supplied: whether they still satisfy the live definition is told without unsealing. */
    suppliedKeys: text().array().notNull().default([]),
    /** Hosts (as written) that values typed by a member may travel to, as for sealed_value; empty for an end user's own. */
    boundHost: text().notNull().default(""),
    /** Last four characters of long tokens, by field. */
    hints: jsonb().$type<Record<string, string>>().notNull().default({}),
    status: text({ enum: ["VALID", "INVALID", "PENDING"] }).notNull(),
    reason: text(),
    /**
     * How it fits the definition that is live, written by the settle chore for the lists' indexes and for the schedule, which doesn't
     * renew what doesn't fit. No call decides by it: statusOf() does, from the definition itself.
     */
    fit: text({ enum: ["ok", "needs_input", "reconnect"] })
      .notNull()
      .default("ok"),
    shownStatus: text({ enum: ["VALID", "INVALID", "PENDING"] })
      .notNull()
      .generatedAlwaysAs(sql`case fit when 'reconnect' then 'INVALID' when 'needs_input' then 'PENDING' else status end`),
    /** False while it only keeps what a failed first connect was issued (rules.md, Credentials 5): nobody has been connected by it yet. */
    hasConnected: boolean().notNull().default(true),
    /** The authentication type that the secrets were made for. */
    authType: text().notNull(),
    profile: jsonb().$type<Record<string, unknown>>(),
    profileId: text(),
    /** When the newest reading of the profile that counts was begun: a result of an older one is dropped. */
    profileTriedAt: at(),
    /** The first of the readings that have failed since one last worked: from then on the profile is stale. */
    profileFailingSince: at(),
    /** Why the last one failed, in a sentence. */
    profileFailure: text(),
    expiresAt: at(),
    refreshAt: at(),
    refreshedAt: at(),
    /** Failed refreshes since the last one that worked; they end with the next token. */
    refreshFailures: integer().notNull().default(0),
    failingSince: at(),
    /** Of the last failed refresh: a token failure kind of lib/credentials/token-endpoint. */
    lastFailure: text(),
    /** When a call last proved that the credential works. */
    verifiedAt: at(),
    verifyAt: at(),
    /** When the status was last looked at: by a refresh, a verification or a refused call. */
    checkedAt: at(),
    createdAt: now(),
    updatedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    foreignKey({ columns: [table.projectId, table.resourceId], foreignColumns: [resource.projectId, resource.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.projectId, table.userId], foreignColumns: [connectedUser.projectId, connectedUser.id] }).onDelete(
      "cascade",
    ),
    // Two unique indexes, NULLS NOT DISTINCT, stand in migrations/0001: one credential an owner and user; the test user one an auth type.
    index("credential_user").on(table.projectId, table.userId),
    index("credential_status").on(table.projectId, table.shownStatus, table.userId).where(sql`owner = 'user'`),
    index("credential_resource").on(table.projectId, table.resourceId, table.userId).where(sql`owner = 'user'`),
    index("credential_troubled")
      .on(table.projectId, table.resourceId, table.shownStatus)
      .where(sql`owner = 'user' and shown_status <> 'VALID'`),
    index("credential_failing").on(table.projectId, table.resourceId).where(sql`failing_since is not null`),
    // An event that names its user by the API's own id.
    index("credential_profile")
      .on(table.projectId, table.resourceId, table.profileId)
      .where(sql`owner = 'user' and profile_id is not null`),
    index("credential_refresh").on(table.refreshAt).where(sql`refresh_at is not null and shown_status = 'VALID'`),
    index("credential_verify").on(table.verifyAt).where(sql`verify_at is not null`),
    index("credential_key").on(table.keyId),
  ],
);

/** Its own table, so that credential rows stay cool. */
export const refreshLease = pgTable(
  "refresh_lease",
  {
    projectId: uuid().notNull(),
    credentialId: uuid().notNull(),
    owner: uuid().notNull(),
    fence: bigint({ mode: "number" }).notNull(),
    until: at().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.credentialId] })],
);

/**
 * The newest refreshes of a resource, counted in windows of a minute, so that "the API is down" is told from "this user must reconnect"
 * (architecture.md, Refresh). One row a resource.
 */
export const resourceHealth = pgTable(
  "resource_health",
  {
    projectId: uuid().notNull(),
    resourceId: uuid().notNull(),
    windowStart: now(),
    refreshed: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    previousRefreshed: integer().notNull().default(0),
    previousFailed: integer().notNull().default(0),
    /** Set while most refreshes fail for the API's own reasons: give-up counters rest. */
    outageSince: at(),
    lastFailure: text(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.resourceId] }),
    foreignKey({ columns: [table.projectId, table.resourceId], foreignColumns: [resource.projectId, resource.id] }).onDelete("cascade"),
  ],
);

/** One act over many credentials, users or runs, worked off by the worker in steps: it survives a restart and can be stopped. */
export const bulkTask = pgTable(
  "bulk_task",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    kind: text({ enum: ["refresh", "verify", "disconnect", "delete_users", "replay_runs"] }).notNull(),
    /** Which users, `BulkFilter` of lib/users/schema; or which runs, `ReplayFilter` of lib/workflows/replay-runs. */
    filter: jsonb().$type<Record<string, unknown>>().notNull(),
    state: text({ enum: ["running", "done", "stopped"] })
      .notNull()
      .default("running"),
    /** The last one done: of users in the order of ids. */
    cursor: uuid(),
    total: integer().notNull().default(0),
    done: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    /** The first few failures, as words. */
    failures: jsonb().$type<{ id: string; message: string }[]>().notNull().default([]),
    createdBy: uuid().references(() => member.id, { onDelete: "set null" }),
    createdAt: now(),
    finishedAt: at(),
    /** Whoever works on it says so until then; another worker takes over afterwards. */
    claimedUntil: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    index("bulk_task_running").on(table.createdAt).where(sql`state = 'running'`),
  ],
);

/** The timeline of a credential. Partitioned by month. */
export const credentialEvent = pgTable(
  "credential_event",
  {
    projectId: uuid().notNull(),
    id: id(),
    at: now(),
    credentialId: uuid().notNull(),
    kind: text().notNull(),
    cause: text().notNull().default(""),
    detail: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.credentialId, table.at, table.id] })],
);

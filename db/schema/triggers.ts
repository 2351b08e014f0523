import { sql } from "drizzle-orm";
import { bigint, boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type {
  DeliveryPayload,
  DeliveryReason,
  DeliveryStatus,
  SubscriptionState,
  TriggerDraft,
  VerificationScheme,
} from "#lib/triggers/schema.ts";
import { at, bytea, id, now } from "./columns.ts";
import { member, project } from "./members.ts";
import { resource } from "./resources.ts";

/** A webhook endpoint declared on a resource. What Finish makes of it holds from the next delivery on. */
export const trigger = pgTable(
  "trigger",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    resourceId: uuid().notNull(),
    name: text().notNull(),
    nameKey: text().notNull(),
    schemaVersion: integer().notNull(),
    /** What holds. */
    body: jsonb().$type<TriggerDraft>().notNull(),
    /** What was changed since the last Finish; null: nothing. Until the first one `body` itself is edited, since nothing hangs on it yet. */
    draft: jsonb().$type<TriggerDraft>(),
    /** The first Finish. Only from then on workflows may start with it. */
    finishedAt: at(),
    /** Raised by each save; a save names the version that it was typed on. */
    version: integer().notNull().default(1),
    /** Whether nothing is missing of `body`, the secret included: only then it takes events. */
    ready: boolean().notNull().default(false),
    /** SHA-256 of the token in the app-level URL: whoever reads the database can't call it. The token itself is sealed, to be shown. */
    tokenDigest: bytea().notNull(),
    ciphertext: bytea().notNull(),
    keyId: text().notNull(),
    /** A real event, redacted, for mapping and for the workflow editor: it outlives its delivery. */
    sample: jsonb().$type<DeliveryPayload>(),
    sampleAt: at(),
    createdBy: uuid().references(() => member.id, { onDelete: "set null" }),
    createdAt: now(),
    updatedAt: now(),
    /** Who saved last: for the other tab. */
    updatedBy: uuid().references(() => member.id, { onDelete: "set null" }),
    /** It takes nothing any more; what APIs were told is being taken back. Then the row goes. */
    deletedAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    foreignKey({ columns: [table.projectId, table.resourceId], foreignColumns: [resource.projectId, resource.id] }).onDelete("cascade"),
    uniqueIndex("trigger_token").on(table.tokenDigest),
    index("trigger_key").on(table.keyId),
    uniqueIndex("trigger_name").on(table.projectId, table.resourceId, table.nameKey).where(sql`deleted_at is null`),
  ],
);

/** Up to two are live at once, so that a secret can be changed without a lost event. */
export const triggerSecret = pgTable(
  "trigger_secret",
  {
    projectId: uuid().notNull(),
    id: id(),
    triggerId: uuid().notNull(),
    ciphertext: bytea().notNull(),
    keyId: text().notNull(),
    hint: text().notNull().default(""),
    setBy: uuid().references(() => member.id, { onDelete: "set null" }),
    setAt: now(),
    /** To the minute: when it last verified a delivery. */
    lastSeenAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.triggerId, table.id] }),
    foreignKey({ columns: [table.projectId, table.triggerId], foreignColumns: [trigger.projectId, trigger.id] }).onDelete("cascade"),
    index("trigger_secret_key").on(table.keyId),
  ],
);

/**
 * One user's part in a trigger: the URL that is theirs, and what their API was told. `userId` null: the app's own, on an app-level
 * resource. `wanted` is what should be, `state` what is; the worker walks `nextTryAt` from one to the other.
 */
export const triggerSubscription = pgTable(
  "trigger_subscription",
  {
    projectId: uuid().notNull(),
    id: id(),
    triggerId: uuid().notNull(),
    userId: uuid(),
    tokenDigest: bytea().notNull(),
    ciphertext: bytea().notNull(),
    keyId: text().notNull(),
    wanted: boolean().notNull().default(false),
    state: text().$type<SubscriptionState>().notNull().default("idle"),
    /** What the API answered when it was told, sealed: it may hold a secret. For the teardown request. */
    answerCiphertext: bytea(),
    answerKeyId: text(),
    /**
     * The credential as it was when it was dropped (a database trigger copies it), so that the API can still be told. Emptied when that is
     * done, an hour later at the latest.
     */
    farewellCredentialId: uuid(),
    farewellCiphertext: bytea(),
    farewellKeyId: text(),
    farewellAt: at(),
    /**
     * Raised when what an API made begins to be taken back. What is made afterwards is another one, though the request is the same: so this
     * is a part of the Idempotency-Key.
     */
    turn: integer().notNull().default(1),
    attempts: integer().notNull().default(0),
    /** Why the last try failed, redacted, with what to do. */
    lastError: text(),
    lastTryAt: at(),
    activeSince: at(),
    nextTryAt: at(),
    /** Whoever works on it says so until then. */
    claimedUntil: at(),
    createdAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    foreignKey({ columns: [table.projectId, table.triggerId], foreignColumns: [trigger.projectId, trigger.id] }).onDelete("cascade"),
    uniqueIndex("trigger_subscription_token").on(table.tokenDigest),
    index("trigger_subscription_due").on(table.nextTryAt).where(sql`next_try_at is not null`),
    index("trigger_subscription_user").on(table.projectId, table.userId),
    index("trigger_subscription_list").on(table.projectId, table.triggerId, table.createdAt, table.id),
    index("trigger_subscription_key").on(table.keyId),
    index("trigger_subscription_answer_key").on(table.answerKeyId).where(sql`answer_key_id is not null`),
    index("trigger_subscription_farewell_key").on(table.farewellKeyId).where(sql`farewell_key_id is not null`),
  ],
);

/**
 * What is to be compared: what an API should know of our webhooks, and what it knows. Database triggers write it with whatever decides
 * that: credentials, workflows and their switches, triggers, resources, projects. The worker takes the oldest first.
 */
export const subscriptionCheck = pgTable(
  "subscription_check",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    projectId: uuid().notNull(),
    triggerId: uuid().notNull(),
    /** Whose; null: the app's own. */
    userId: uuid(),
    /** All users of the trigger instead, those behind `after`: some hundreds at a time. */
    isWhole: boolean().notNull(),
    after: uuid(),
  },
  (table) => [index("subscription_check_whole").on(table.triggerId).where(sql`is_whole`)],
);

/** One request that came in at a trigger's URL. Partitioned by day; expires by dropping partitions. */
export const delivery = pgTable(
  "delivery",
  {
    projectId: uuid().notNull(),
    id: id(),
    at: now(),
    triggerId: uuid().notNull(),
    resourceId: uuid().notNull(),
    /** By URL or mapping; null where nobody, several, or nobody yet. */
    userId: uuid(),
    subscriptionId: uuid(),
    status: text().$type<DeliveryStatus>().notNull(),
    reason: text().$type<DeliveryReason>(),
    /** What happened and what to do, in words for the list. */
    message: text(),
    method: text().notNull(),
    address: text(),
    /** Redacted: what authenticates is masked, signatures stay. */
    headers: jsonb().$type<[string, string][]>().notNull(),
    query: jsonb().$type<[string, string][]>().notNull(),
    body: bytea().notNull(),
    size: integer().notNull(),
    /** Headers, query and address of a refused one, sealed: a re-check needs them as they came. Emptied when the quarantine ends. */
    ciphertext: bytea(),
    keyId: text(),
    quarantinedUntil: at(),
    dedupeKey: text(),
    runIds: uuid().array().notNull().default(sql`'{}'`),
    /** By what it was verified, `none` where nothing was asked; null where it never was. */
    verifiedBy: text().$type<VerificationScheme>(),
    /** A replay is a delivery of its own. */
    replayOf: uuid(),
    releasedAt: at(),
    responseStatus: integer().notNull(),
    durationMs: integer().notNull().default(0),
    requestId: uuid(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.at, table.id] }),
    index("delivery_trigger").on(table.projectId, table.triggerId, table.at),
    index("delivery_resource").on(table.projectId, table.resourceId, table.at),
    index("delivery_odd").on(table.projectId, table.triggerId, table.status, table.at).where(sql`status <> 'accepted'`),
    index("delivery_quarantine").on(table.quarantinedUntil).where(sql`quarantined_until is not null`),
    index("delivery_key").on(table.keyId).where(sql`key_id is not null`),
  ],
);

/** Not partitioned: a key is unique for its window, whichever day it came. */
export const dedupeKey = pgTable(
  "dedupe_key",
  {
    projectId: uuid().notNull(),
    triggerId: uuid().notNull(),
    key: text().notNull(),
    deliveryId: uuid().notNull(),
    expiresAt: at().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.triggerId, table.key] }), index("dedupe_key_expiry").on(table.expiresAt)],
);

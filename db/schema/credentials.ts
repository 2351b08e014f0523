import { sql } from "drizzle-orm";
import { bigint, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { at, bytea, id, now } from "./columns.ts";
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
    /** The authentication type that the secrets were made for. */
    authType: text().notNull(),
    profile: jsonb().$type<Record<string, unknown>>(),
    profileId: text(),
    expiresAt: at(),
    refreshAt: at(),
    refreshedAt: at(),
    refreshFailures: integer().notNull().default(0),
    verifiedAt: at(),
    verifyAt: at(),
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
    index("credential_refresh").on(table.refreshAt).where(sql`refresh_at is not null`),
    index("credential_verify").on(table.verifyAt).where(sql`verify_at is not null`),
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

import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { LearnedTokens, TestReport } from "#lib/connections/schema.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { at, id, now } from "./columns.ts";
import { member, project } from "./members.ts";

export const resource = pgTable(
  "resource",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    /** Fixed after the first publish. Null while the draft hasn't chosen. */
    level: text({ enum: ["user", "app"] }),
    authType: text(),
    liveRevision: integer(),
    /** The revision that credentials' `fit` was last written for. */
    settledRevision: integer(),
    /** What the Refresh drill found out about this API's tokens. */
    learned: jsonb().$type<LearnedTokens>(),
    createdBy: uuid().references(() => member.id, { onDelete: "set null" }),
    createdAt: now(),
    updatedAt: now(),
    deletedAt: at(),
    /** What it was called when it was deleted: its names are free at once. */
    deletedName: text(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.id] }), index().on(table.projectId, table.updatedAt)],
);

/** The current name and the old ones, which stay aliases until removed. */
export const resourceName = pgTable(
  "resource_name",
  {
    projectId: uuid().notNull(),
    nameKey: text().notNull(),
    name: text().notNull(),
    resourceId: uuid().notNull(),
    isCurrent: boolean().notNull(),
    lastUsedAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.nameKey] }),
    foreignKey({ columns: [table.projectId, table.resourceId], foreignColumns: [resource.projectId, resource.id] }).onDelete("cascade"),
    uniqueIndex("resource_name_current").on(table.projectId, table.resourceId).where(sql`is_current`),
  ],
);

export const resourceDraft = pgTable(
  "resource_draft",
  {
    projectId: uuid().notNull(),
    resourceId: uuid().notNull(),
    /** Raised by each save; a save names the version that it was typed on. */
    version: integer().notNull().default(1),
    baseRevision: integer(),
    schemaVersion: integer().notNull(),
    body: jsonb().$type<ResourceDraft>().notNull(),
    /** The last test's report, redacted. */
    lastTest: jsonb().$type<TestReport>(),
    updatedBy: uuid().references(() => member.id, { onDelete: "set null" }),
    updatedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.resourceId] }),
    foreignKey({ columns: [table.projectId, table.resourceId], foreignColumns: [resource.projectId, resource.id] }).onDelete("cascade"),
  ],
);

export const resourceRevision = pgTable(
  "resource_revision",
  {
    projectId: uuid().notNull(),
    resourceId: uuid().notNull(),
    number: integer().notNull(),
    schemaVersion: integer().notNull(),
    body: jsonb().$type<ResourceDefinition>().notNull(),
    publishedBy: uuid().references(() => member.id, { onDelete: "set null" }),
    publishedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.resourceId, table.number] }),
    foreignKey({ columns: [table.projectId, table.resourceId], foreignColumns: [resource.projectId, resource.id] }).onDelete("cascade"),
  ],
);

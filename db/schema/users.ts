import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { at, id, now } from "./columns.ts";
import { project } from "./members.ts";

export const connectedUser = pgTable(
  "connected_user",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    /** The exact `sub` of the user token. Empty for the test user, whose flag is `kind`. */
    externalId: text().notNull(),
    kind: text({ enum: ["user", "test"] })
      .notNull()
      .default("user"),
    name: text(),
    email: text(),
    metadata: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    createdAt: now(),
    lastSeenAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    uniqueIndex("connected_user_external").on(table.projectId, table.externalId).where(sql`kind = 'user'`),
    index("connected_user_newest").on(table.projectId, table.createdAt, table.id).where(sql`kind = 'user'`),
    // For "starts with": lower case, in the order of bytes.
    index("connected_user_id_prefix")
      .on(table.projectId, sql`lower(external_id) text_pattern_ops`, table.id, table.externalId)
      .where(sql`kind = 'user'`),
    index("connected_user_name_prefix")
      .on(table.projectId, sql`lower(name) text_pattern_ops`, table.id, table.name)
      .where(sql`kind = 'user'`),
    index("connected_user_email_prefix")
      .on(table.projectId, sql`lower(email) text_pattern_ops`, table.id, table.email)
      .where(sql`kind = 'user'`),
    uniqueIndex("connected_user_test").on(table.projectId).where(sql`kind = 'test'`),
  ],
);

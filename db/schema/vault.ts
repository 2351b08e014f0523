import { foreignKey, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytea, id, now } from "./columns.ts";
import { member, project } from "./members.ts";

/** One secret of a definition. `owner` and `field` say what it is the secret of; drafts and revisions refer to it by id. */
export const sealedValue = pgTable(
  "sealed_value",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    owner: text().notNull(),
    field: text().notNull(),
    ciphertext: bytea().notNull(),
    keyId: text().notNull(),
    /** The last four characters of long tokens; else empty. */
    hint: text().notNull().default(""),
    /** Host (as a template) that the value may travel to: an edit that sends it elsewhere needs it typed again. */
    boundHost: text().notNull().default(""),
    setBy: uuid().references(() => member.id, { onDelete: "set null" }),
    setAt: now(),
  },
  // Which keys are in use is asked at each start and while keys are changed: here and on each other column of sealed values.
  (table) => [primaryKey({ columns: [table.projectId, table.id] }), index("sealed_value_key").on(table.keyId)],
);

/** A named, sealed project value: `{{secrets.NAME}}` in templates. */
export const secret = pgTable(
  "secret",
  {
    projectId: uuid().notNull(),
    name: text().notNull(),
    description: text().notNull().default(""),
    sealedValueId: uuid().notNull(),
    createdAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.name] }),
    foreignKey({ columns: [table.projectId, table.sealedValueId], foreignColumns: [sealedValue.projectId, sealedValue.id] }).onDelete(
      "cascade",
    ),
  ],
);

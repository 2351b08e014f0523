import { boolean, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { at, bytea, id, now } from "./columns.ts";

/** A person who signs in to the dashboard. */
export const member = pgTable("member", {
  id: id().primaryKey(),
  /** Lower case, NFKC: what makes two addresses the same. */
  emailKey: text().notNull().unique(),
  email: text().notNull(),
  name: text().notNull(),
  /** Argon2id, PHC string. Null for members who sign in by OpenID Connect only. */
  passwordHash: text(),
  createdAt: now(),
});

/** A signed-in browser. Deleting the row ends the session with the next request. */
export const session = pgTable(
  "session",
  {
    id: id().primaryKey(),
    memberId: uuid()
      .notNull()
      .references(() => member.id, { onDelete: "cascade" }),
    createdAt: now(),
    expiresAt: at().notNull(),
  },
  (table) => [index().on(table.memberId), index().on(table.expiresAt)],
);

export const project = pgTable("project", {
  id: id().primaryKey(),
  name: text().notNull(),
  /** Refuse user tokens without an audience. */
  requireAudience: boolean().notNull().default(false),
  createdAt: now(),
  deletedAt: at(),
});

export const projectMember = pgTable(
  "project_member",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    memberId: uuid()
      .notNull()
      .references(() => member.id, { onDelete: "cascade" }),
    role: text({ enum: ["admin", "editor", "viewer"] }).notNull(),
    joinedAt: now(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.memberId] }), index().on(table.memberId)],
);

/** A link that makes its bearer a member. Only the token's SHA-256 is kept. */
export const invitation = pgTable(
  "invitation",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    tokenHash: bytea().notNull().unique(),
    role: text({ enum: ["admin", "editor", "viewer"] }).notNull(),
    email: text(),
    invitedBy: uuid().references(() => member.id, { onDelete: "set null" }),
    createdAt: now(),
    expiresAt: at().notNull(),
    acceptedAt: at(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.id] })],
);

/** Facts about the installation: one row a name. */
export const instance = pgTable("instance", { name: text().primaryKey(), value: bytea().notNull(), updatedAt: now() });

/** Failed sign-ins by account and by address. */
export const loginLimit = pgTable("login_limit", {
  key: text().primaryKey(),
  failures: integer().notNull().default(0),
  windowEndsAt: at().notNull(),
});

export const signingKey = pgTable(
  "signing_key",
  {
    projectId: uuid()
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    id: id(),
    /** RFC 7638 thumbprint, unless the customer named it. */
    kid: text().notNull(),
    name: text().notNull().default(""),
    /** PEM, SubjectPublicKeyInfo. */
    spki: text().notNull(),
    /** Only this `sub` may use the key (test tokens). */
    boundSub: text(),
    expiresAt: at(),
    revokedAt: at(),
    createdBy: uuid().references(() => member.id, { onDelete: "set null" }),
    createdAt: now(),
    lastUsedAt: at(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.id] })],
);

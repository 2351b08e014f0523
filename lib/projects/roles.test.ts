import { describe, expect, test } from "vitest";
import { can, leastRole, PERMISSIONS, type Permission, ROLES } from "./roles.ts";

/** The table of rules.md, Roles. */
const TABLE: Record<"viewer" | "editor" | "admin", Permission[]> = {
  viewer: [
    "project.read",
    "resources.read",
    "users.read",
    "activity.read",
    "workflows.read",
    "triggers.read",
    "members.read",
    "keys.read",
    "secrets.read",
  ],
  editor: [
    "resources.edit",
    "resources.test",
    "credentials.write",
    "triggers.edit",
    "deliveries.replay",
    "workflows.edit",
    "workflows.test",
    "workflows.enable",
  ],
  admin: [
    "resources.publish",
    "resources.delete",
    "triggers.publish",
    "triggers.delete",
    "workflows.publish",
    "workflows.delete",
    "users.delete",
    "secrets.write",
    "keys.write",
    "members.write",
    "project.write",
    "audit.read",
  ],
};

describe("each role may do exactly what the table says", () => {
  const allowed = { viewer: TABLE.viewer, editor: [...TABLE.viewer, ...TABLE.editor], admin: PERMISSIONS };

  test.each(ROLES)("%s", (role) => {
    expect(PERMISSIONS.filter((permission) => can(role, permission)).sort()).toEqual([...allowed[role]].sort());
  });

  test("every permission stands in the table, under its least role", () => {
    for (const role of ROLES) for (const permission of TABLE[role]) expect(leastRole(permission)).toBe(role);
    expect(Object.values(TABLE).flat().sort()).toEqual([...PERMISSIONS].sort());
  });
});

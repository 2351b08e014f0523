/** Who may do what (rules.md, Roles). Pure and browser-safe: pages hide by it what actions refuse by it. */

/** Most first: each role may do all that those after it may. */
export const ROLES = ["admin", "editor", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const LEAST_ROLE = {
  "project.read": "viewer",
  "resources.read": "viewer",
  "users.read": "viewer",
  "activity.read": "viewer",
  "workflows.read": "viewer",
  "triggers.read": "viewer",
  "members.read": "viewer",
  "keys.read": "viewer",
  "secrets.read": "viewer",

  "resources.edit": "editor",
  "resources.test": "editor",
  "credentials.write": "editor",
  "triggers.edit": "editor",
  "deliveries.replay": "editor",
  "workflows.edit": "editor",
  "workflows.test": "editor",
  "workflows.enable": "editor",

  "resources.publish": "admin",
  "resources.delete": "admin",
  "triggers.publish": "admin",
  "triggers.delete": "admin",
  "workflows.publish": "admin",
  "workflows.delete": "admin",
  "users.delete": "admin",
  "secrets.write": "admin",
  "keys.write": "admin",
  "members.write": "admin",
  "project.write": "admin",
  "audit.read": "admin",
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof LEAST_ROLE;
export const PERMISSIONS = Object.keys(LEAST_ROLE) as Permission[];

export const can = (role: Role, permission: Permission): boolean => ROLES.indexOf(role) <= ROLES.indexOf(LEAST_ROLE[permission]);

/** The least role that may: for "ask an admin". */
export const leastRole = (permission: Permission): Role => LEAST_ROLE[permission];

export const ROLE_LABEL: Record<Role, string> = { admin: "Admin", editor: "Editor", viewer: "Viewer" };
export const ROLE_SUMMARY: Record<Role, string> = {
  admin: "Publishes, manages keys, members and settings",
  editor: "Edits drafts and tests",
  viewer: "Reads only",
};

/**
 * The claim by which a user token narrows itself (JWT Permissions of the documented product):
 *
 *     "urn:useparagon:connect:permissions": { "integration:*": true }
 *     "urn:useparagon:connect:permissions": { "integration:TaskLab": { "credential:*": ["credential:write"] } }
 *     "urn:useparagon:connect:permissions": ["TaskLab", "0f6b..."]                     ours, for short
 *
 * Without it a token may do everything. With it, only what it names: a scope that isn't there grants nothing, and a resource's own
 * scope holds before `integration:*`. Pure.
 */
export const PERMISSIONS_CLAIM = "urn:useparagon:connect:permissions";

/** `see`: named in `me`. `connect`: connect and disconnect. `call`: send requests through it. */
export type Operation = "see" | "connect" | "call";

type Scopes = Record<string, unknown>;
export type PermittedResource = { id: string /** Current and old. */; names: readonly string[] };

const isScopes = (value: unknown): value is Scopes => typeof value === "object" && value !== null && !Array.isArray(value);

/** The claim's value; some libraries write an object as JSON text. Null when it is neither form. */
function readPermissions(claim: unknown): Scopes | string[] | null {
  if (isScopes(claim)) return claim;
  if (Array.isArray(claim)) return claim.every((one) => typeof one === "string") ? claim : null;
  if (typeof claim !== "string" || !/^\s*[{[]/.test(claim)) return null;
  try {
    return readPermissions(JSON.parse(claim));
  } catch {
    return null;
  }
}

export const isPermissions = (claim: unknown): boolean => readPermissions(claim) !== null;

/** Whether a token with this claim may do this with this resource. */
export function permits(claim: unknown, resource: PermittedResource, operation: Operation): boolean {
  if (claim === undefined) return true;
  const permissions = readPermissions(claim);
  if (!permissions) return false;
  const own = new Set([resource.id, ...resource.names].map(keyOf));
  if (Array.isArray(permissions)) return permissions.some((name) => own.has(keyOf(name)));
  const scopes = Object.entries(permissions);
  const named = scopes.filter(([scope]) => scope.startsWith(PREFIX) && own.has(keyOf(scope.slice(PREFIX.length))));
  if (named.length > 0) return named.some(([, granted]) => grants(granted, operation));
  return grants(permissions[`${PREFIX}*`], operation);
}

const PREFIX = "integration:";

/** As names are compared everywhere (lib/resources/schema, nameKey). */
const keyOf = (name: string): string => name.normalize("NFKC").trim().toLowerCase();

/**
 * `true` grants all. A list grants what it names: `credential:write` is for connecting, `proxy` (alone or as a part, such as
 * `proxy:write`) for calls. A user has one credential a resource, so any `credential:` scope is about that one.
 */
function grants(granted: unknown, operation: Operation): boolean {
  if (granted === true) return true;
  if (Array.isArray(granted)) return operation === "see" ? granted.length > 0 : granted.some((one) => NEEDED[operation].test(String(one)));
  if (!isScopes(granted)) return false;
  return Object.entries(granted).some(([scope, inner]) => scope.startsWith("credential:") && grants(inner, operation));
}

const NEEDED = { connect: /^credential:write$/, call: /(^|:)proxy(:|$)/ };

/** For people: what it names, in one line. */
export function describePermissions(claim: unknown): string {
  const permissions = readPermissions(claim);
  if (!permissions) return JSON.stringify(claim) ?? "Not set";
  const names = Array.isArray(permissions)
    ? permissions
    : Object.entries(permissions).map(([scope, granted]) => {
        const name = scope.startsWith(PREFIX) ? scope.slice(PREFIX.length) : scope;
        const whole = name === "*" ? "every resource" : name;
        const may = (["see", "connect", "call"] as const).filter((operation) => grants(granted, operation));
        return may.length === 3 ? whole : `${whole} (${may.join(", ") || "nothing"})`;
      });
  return names.length === 0 ? "No resource" : `Only ${names.join(", ")}`;
}

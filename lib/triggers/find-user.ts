import type { Sql } from "#db/client.ts";
import { type Endpoint, findUserByExternalId, findUsersByProfile } from "#db/queries/webhook-endpoints.ts";
import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { DeliveryPayload, DeliveryReason } from "./schema.ts";

/** A profile id that more users share than this isn't one. */
const MOST_USERS = 1_000;

export type FoundUsers = { ok: true; userIds: (string | null)[] } | { ok: false; reason: DeliveryReason; message: string };

/** Whose event it is. A null among `userIds`: nobody's, one run for the project. */
export async function findUser(
  sql: Sql,
  { projectId, resourceId, body, subscription }: Endpoint,
  payload: DeliveryPayload,
): Promise<FoundUsers> {
  const scope = { projectId };
  if (body.level === "user") return { ok: true, userIds: [subscription?.userId ?? null] };
  const { user } = body;
  if (user.by === "nobody" || user.by === "url") return { ok: true, userIds: [null] };
  const value = readJsonPath(payload.body, user.path);
  const id = typeof value === "number" ? String(value) : value;
  if (typeof id !== "string" || id === "")
    return {
      ok: false,
      reason: "no_user_value",
      message: `There is no user at ${user.path}. Correct the path, or map this event by hand.`,
    };
  const shown = id.length > 60 ? `${id.slice(0, 60)}…` : id;
  if (user.by === "user_id") {
    const found = await findUserByExternalId(scope, sql, id);
    if (found) return { ok: true, userIds: [found] };
    return { ok: false, reason: "unknown_user", message: `No connected user has the id ${shown}. Once they connect, release it.` };
  }
  const found = await findUsersByProfile(scope, sql, resourceId, id, MOST_USERS + 1);
  if (found.length === 0)
    return { ok: false, reason: "unknown_user", message: `No connected user has the profile id ${shown}. Once they connect, release it.` };
  if (found.length > MOST_USERS)
    return {
      ok: false,
      reason: "too_many_users",
      message: `More than ${MOST_USERS} users share the profile id ${shown}. Map by another field.`,
    };
  return { ok: true, userIds: found };
}

import { z } from "zod";
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listEventTriggers } from "#db/queries/workflow-doors.ts";
import { findUser } from "#lib/connections/find-user.ts";
import { AppError } from "#lib/errors.ts";
import { isStorable, UNSTORABLE } from "#lib/storable.ts";
import { closest } from "#lib/template/closest.ts";
import { listMisfits } from "./list-misfits.ts";
import { readExample } from "./read-example.ts";
import { startRunsTogether } from "./start-run.ts";

/** What an app sends of an App Event. What is in the payload has been parsed as JSON and found storable. */
const NewEvent = z.object({ name: z.string().min(1).max(200), payload: z.record(z.string(), z.unknown()).default({}) });

const SHAPE = 'Send { "name": "...", "payload": { ... } }: the App Event’s name, and an object.';

/**
 * Starts each live workflow that listens for an App Event and is enabled for the user, in one transaction. A name that none listens
 * for, and a payload that doesn't fit the example of one of them, are refused before anything starts: the app learns of it at once.
 * The same `key` of the same user starts nothing twice.
 */
export async function receiveEvent(
  { sql }: { sql: Sql },
  scope: Scope,
  { externalId, body, key }: { externalId: string; body: unknown; key: string | null },
): Promise<{ runIds: string[] }> {
  if (!isStorable(body)) throw new AppError("bad_input", `The payload holds ${UNSTORABLE}. Send plain JSON.`);
  const parsed = NewEvent.safeParse(body);
  if (!parsed.success) throw new AppError("bad_input", SHAPE);
  const { name, payload } = parsed.data;
  const triggers = await listEventTriggers(scope, sql);
  const listening = triggers.filter((one) => one.name === name);
  if (listening.length === 0) throw new AppError("not_found", unknownName(name, triggers));
  for (const { workflow, example } of listening) {
    const misfits = listMisfits(readExample(example), payload);
    if (misfits.length === 0) continue;
    const fields = Object.fromEntries(misfits.map(({ path, message }) => [path.replace("$", "payload"), message]));
    const [first] = Object.entries(fields);
    throw new AppError(
      "bad_input",
      `The payload doesn’t fit the example of “${name}” in the workflow ${workflow}: ${first?.[0]}. ${first?.[1]}`,
      { fields },
    );
  }
  const user = await findUser(scope, sql, externalId);
  const runIds = await startRunsTogether(sql, {
    ...scope,
    source: { type: "event", name },
    userIds: [user.id],
    payload,
    ...(key ? { dedupeKey: `event:${name}:${user.id}:${key}` } : {}),
  });
  return { runIds };
}

function unknownName(name: string, triggers: readonly { name: string }[]): string {
  const names = [...new Set(triggers.map((one) => one.name))];
  const near = closest(name, names);
  if (near) return `No live workflow listens for the App Event “${name}”. Did you mean “${near}”?`;
  if (names.length === 0) return `No live workflow listens for the App Event “${name}”. Publish one that begins with it.`;
  return `No live workflow listens for the App Event “${name}”. There are: ${names.slice(0, 10).join(", ")}.`;
}

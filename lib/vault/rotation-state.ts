import { z } from "zod";
import type { Sql } from "#db/client.ts";

/** What is known of a change of keys, in `instance`. Not secret: ids of keys, and numbers. */

const SEALING_KEY = "vault-sealing-key";
const ROTATION = "vault-rotation";

const Rotation = z.object({
  /** Who walks: others leave it alone while its heart beats. */
  owner: z.string().nullable(),
  /** Sealed anew since this change of keys began, and what was found to be done. */
  done: z.number(),
  total: z.number(),
  /** By key id: values that don't open though the key is there. */
  unopened: z.record(z.string(), z.number()),
});
export type Rotation = z.infer<typeof Rotation>;

const NOTHING: Rotation = { owner: null, done: 0, total: 0, unopened: {} };

/** The key that the latest start put in front. Processes that have others in front leave the walk alone: else two would seal in turns for ever. */
export async function findSealingKey(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`select convert_from(value, 'UTF8') as id from instance where name = ${SEALING_KEY}`;
  return row?.id ?? null;
}

export async function noteSealingKey(sql: Sql, id: string): Promise<void> {
  const value = Buffer.from(id);
  await sql`
    insert into instance as known (name, value) values (${SEALING_KEY}, ${value})
    on conflict (name) do update set value = excluded.value, updated_at = now() where known.value <> excluded.value`;
}

export async function findRotation(sql: Sql): Promise<Rotation> {
  const [row] = await sql<{ text: string }[]>`select convert_from(value, 'UTF8') as text from instance where name = ${ROTATION}`;
  return row ? Rotation.parse(JSON.parse(row.text)) : NOTHING;
}

/** Takes the walk, or goes on with it. False while another one's heart beats. One that died is followed. */
export async function keepRotation(sql: Sql, owner: string, rotation: Omit<Rotation, "owner">, isOver = false): Promise<boolean> {
  const value = Buffer.from(JSON.stringify({ ...rotation, owner: isOver ? null : owner } satisfies Rotation));
  const rows = await sql`
    insert into instance as known (name, value) values (${ROTATION}, ${value})
    on conflict (name) do update set value = excluded.value, updated_at = now()
      where known.updated_at < now() - interval '30 seconds' or coalesce(convert_from(known.value, 'UTF8')::jsonb->>'owner', ${owner}) = ${owner}
    returning name`;
  return rows.length > 0;
}

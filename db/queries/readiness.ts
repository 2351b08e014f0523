import type { Sql } from "#db/client.ts";
import journal from "#db/migrations/meta/_journal.json" with { type: "json" };

/** Whether the database answers and has every migration of this version. */
export async function isReady(sql: Sql): Promise<boolean> {
  try {
    const rows = await sql<{ at: string }[]>`select created_at::text as at from drizzle.__drizzle_migrations`;
    const applied = new Set(rows.map((row) => Number(row.at)));
    return journal.entries.every(({ when }) => applied.has(when));
  } catch {
    return false;
  }
}

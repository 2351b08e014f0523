import type { Sql } from "#db/client.ts";

/** Users seen since the last flush: `last_seen_at` is told in batches, so that a repeated connect writes nothing at once. */
const seen = new Map<string, string>();

export function noteUserSeen(projectId: string, userId: string): void {
  if (seen.size < 50_000) seen.set(userId, projectId);
}

/** Writes what was noted; called every few seconds by the process, and when it ends. */
export async function flushUsersSeen(sql: Sql): Promise<void> {
  if (seen.size === 0) return;
  const rows = [...seen.entries()];
  seen.clear();
  await sql`
    update connected_user u set last_seen_at = now()
    from unnest(${rows.map(([, projectId]) => projectId)}::uuid[], ${rows.map(([userId]) => userId)}::uuid[]) as s(project_id, id)
    where u.project_id = s.project_id and u.id = s.id`;
}

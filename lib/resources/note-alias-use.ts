import type { Sql } from "#db/client.ts";

/** Old names that calls still use, since the last flush: shown beside each alias, so that an admin knows when it can go. */
const used = new Map<string, { projectId: string; nameKey: string }>();
const MOST_NOTED = 10_000;

export function noteAliasUse(projectId: string, nameKey: string): void {
  if (used.size < MOST_NOTED) used.set(`${projectId}/${nameKey}`, { projectId, nameKey });
}

/** Writes what was noted; called every few seconds by the process, and when it ends. */
export async function flushAliasUse(sql: Sql): Promise<void> {
  if (used.size === 0) return;
  const rows = [...used.values()];
  used.clear();
  await sql`
    update resource_name n set last_used_at = now()
    from unnest(${rows.map(({ projectId }) => projectId)}::uuid[], ${rows.map(({ nameKey }) => nameKey)}::text[]) as u(project_id, name_key)
    where n.project_id = u.project_id and n.name_key = u.name_key`;
}

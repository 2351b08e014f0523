import { getDatabase } from "#db/client.ts";

const FLUSH_MS = 5_000;
const used = new Map<string, string>();
let timer: NodeJS.Timeout | undefined;

/** "Last used" of a signing key: collected in memory and written every few seconds. A crash loses those seconds. */
export function noteKeyUse(projectId: string, keyId: string): void {
  used.set(keyId, projectId);
  if (timer) return;
  timer = setTimeout(() => void flushKeyUse().catch(() => {}), FLUSH_MS).unref();
}

/** Writes what was collected; also at shutdown. */
export async function flushKeyUse(): Promise<void> {
  timer = undefined;
  if (!used.size) return;
  const [keyIds, projectIds] = [[...used.keys()], [...used.values()]];
  used.clear();
  await getDatabase().sql`
    update signing_key set last_used_at = now()
    from unnest(${projectIds}::uuid[], ${keyIds}::uuid[]) as u(project_id, id)
    where signing_key.project_id = u.project_id and signing_key.id = u.id`;
}

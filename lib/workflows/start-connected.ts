import { z } from "zod";
import type { Sql } from "#db/client.ts";
import type { Json } from "#lib/jobs/schema.ts";
import { startRunsTogether } from "./start-run.ts";
import { connectedPayload } from "./trigger-payload.ts";

const Connected = z.object({
  projectId: z.uuid(),
  userId: z.uuid(),
  resourceId: z.uuid(),
  credentialId: z.uuid(),
  generation: z.number().int(),
});

/**
 * Starts the workflows that begin with User Connected, for a user who has connected a resource. Its job is written in connect's own
 * transaction, so that a connection that stands has started them, and one that failed never does. It may run twice: a connection
 * starts each once. Whoever has disconnected meanwhile starts none.
 */
export async function startConnected({ sql }: { sql: Sql }, data: Json): Promise<void> {
  const { projectId, userId, resourceId, credentialId, generation } = Connected.parse(data);
  const [found] = await sql<
    { externalId: string; metadata: Record<string, unknown>; resource: string; profile: Record<string, unknown> | null }[]
  >`
    select u.external_id as "externalId", u.metadata, n.name as resource, c.profile from credential c
    join connected_user u on u.project_id = c.project_id and u.id = c.user_id
    join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null
    join resource_name n on n.project_id = c.project_id and n.resource_id = c.resource_id and n.is_current
    where c.project_id = ${projectId} and c.id = ${credentialId} and c.owner = 'user'`;
  if (!found) return;
  await startRunsTogether(sql, {
    projectId,
    source: { type: "user_connected", resourceId },
    userIds: [userId],
    payload: connectedPayload({ id: found.externalId, metadata: found.metadata }, { id: resourceId, name: found.resource }, found.profile),
    dedupeKey: `connected:${credentialId}:${generation}`,
  });
}

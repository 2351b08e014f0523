import { notFound } from "next/navigation";
import { cache } from "react";
import { requireMember } from "#app/_gates/session.ts";
import type { ShownSecret } from "#components/triggers/secrets-of-trigger.tsx";
import { getDatabase } from "#db/client.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Permission } from "#lib/projects/roles.ts";
import { readTrigger, type TriggerView } from "#lib/triggers/read-trigger.ts";

export type TriggerParams = Promise<{ projectId: string; triggerId: string }>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const loadTrigger = cache(async (projectId: string, triggerId: string, permission: Permission) => {
  const { scope, role } = await requireMember(projectId, permission);
  const database = getDatabase();
  const trigger = UUID.test(triggerId) ? await readTrigger(scope, database, triggerId) : null;
  const resource = trigger && (await findResource(scope, database.db, trigger.resourceId));
  return trigger && resource && { scope, role, trigger, resource };
});

/** The gate of a trigger's pages. Unknown, malformed, deleted and another project's are not found alike. */
export const requireTrigger = async (projectId: string, triggerId: string, permission: Permission = "triggers.read") =>
  (await loadTrigger(projectId, triggerId, permission)) ?? notFound();

/** For the title, which a page that isn't found has too. */
export const triggerTitle = async (projectId: string, triggerId: string, permission: Permission = "triggers.read"): Promise<string> =>
  (await loadTrigger(projectId, triggerId, permission))?.trigger.name ?? "Not found";

export const showSecrets = (secrets: TriggerView["secrets"]): ShownSecret[] =>
  secrets.map((secret) => ({ ...secret, setAt: secret.setAt.toISOString(), lastSeenAt: secret.lastSeenAt?.toISOString() ?? null }));

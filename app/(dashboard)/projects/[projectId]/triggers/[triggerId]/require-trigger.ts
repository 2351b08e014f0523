import { notFound } from "next/navigation";
import { cache } from "react";
import { requireMember } from "#app/_gates/session.ts";
import { getDatabase } from "#db/client.ts";
import { findResource } from "#db/queries/resources.ts";
import { readTrigger } from "#lib/triggers/read-trigger.ts";

export type TriggerParams = Promise<{ projectId: string; triggerId: string }>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const loadTrigger = cache(async (projectId: string, triggerId: string) => {
  const { scope, role } = await requireMember(projectId, "triggers.read");
  const database = getDatabase();
  const trigger = UUID.test(triggerId) ? await readTrigger(scope, database, triggerId) : null;
  const resource = trigger && (await findResource(scope, database.db, trigger.resourceId));
  return trigger && resource && { scope, role, trigger, resource: { id: resource.id, name: resource.name } };
});

/** The gate of both pages of a trigger. Unknown, malformed, deleted and another project's are not found alike. */
export const requireTrigger = async (projectId: string, triggerId: string) => (await loadTrigger(projectId, triggerId)) ?? notFound();

/** For the title, which a page that isn't found has too. */
export const triggerTitle = async (projectId: string, triggerId: string): Promise<string> =>
  (await loadTrigger(projectId, triggerId))?.trigger.name ?? "Not found";

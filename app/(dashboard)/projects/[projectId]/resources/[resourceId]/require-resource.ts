import { notFound } from "next/navigation";
import { cache } from "react";
import { requireMember } from "#app/_gates/session.ts";
import { getDatabase } from "#db/client.ts";
import { callsByHour, findLiveRevision, findResource } from "#db/queries/resources.ts";
import { fillHours, resourceStatus, sumOfCalls } from "#lib/resources/resource-status.ts";
import { AuthType } from "#lib/resources/schema.ts";

export type ResourceParams = Promise<{ projectId: string; resourceId: string }>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One look-up a request, shared by layout and page. Null: unknown, malformed, deleted or another project's. */
const loadResource = cache(async (projectId: string, resourceId: string) => {
  const { scope, role } = await requireMember(projectId, "resources.read");
  const found = UUID.test(resourceId) ? await findResource(scope, getDatabase().db, resourceId) : null;
  return found && { scope, role, resource: { ...found, authType: AuthType.safeParse(found.authType).data ?? null } };
});

/** The gate of every page of one resource: who, and which. */
export const requireResource = async (projectId: string, resourceId: string) => (await loadResource(projectId, resourceId)) ?? notFound();

/** For the title, which a page that isn't found has too. */
export const resourceTitle = async (projectId: string, resourceId: string): Promise<string> =>
  (await loadResource(projectId, resourceId))?.resource.name ?? "Not found";

/** What calls use now: level and type of the list, once live, are this one's. */
export const loadLiveRevision = cache(async (projectId: string, resourceId: string) =>
  findLiveRevision({ projectId }, getDatabase().db, resourceId),
);

/** The last 24 hours, oldest first, and the status that follows from them. */
export const loadHealth = cache(async (projectId: string, resourceId: string, liveRevision: number | null) => {
  const calls = await callsByHour({ projectId }, getDatabase().db, resourceId);
  const hours = fillHours(calls.get(resourceId) ?? [], new Date());
  const sum = sumOfCalls(hours);
  return { hours, sum, status: resourceStatus(liveRevision, sum) };
});

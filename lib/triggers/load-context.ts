import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resource, resourceDraft, resourceRevision } from "#db/schema/resources.ts";
import { triggerSecret } from "#db/schema/triggers.ts";
import { AppError } from "#lib/errors.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import { listKnownVariables } from "#lib/resources/list-known-variables.ts";
import type { TriggerContext } from "./check-trigger.ts";

/**
 * What a trigger is checked against: its resource, published or else as drafted, and whether a secret is stored. Project secrets aren't
 * among its variables: whoever writes these requests need not be an admin (list-secret-references, "proxied").
 */
export async function loadTriggerContext(
  { projectId }: Scope,
  db: Database,
  { resourceId, triggerId }: { resourceId: string; triggerId: string | null },
): Promise<TriggerContext> {
  const [row] = await db
    .select({ live: resourceRevision.body, draft: resourceDraft.body })
    .from(resource)
    .leftJoin(resourceDraft, and(eq(resourceDraft.projectId, resource.projectId), eq(resourceDraft.resourceId, resource.id)))
    .leftJoin(
      resourceRevision,
      and(
        eq(resourceRevision.projectId, resource.projectId),
        eq(resourceRevision.resourceId, resource.id),
        eq(resourceRevision.number, resource.liveRevision),
      ),
    )
    .where(and(eq(resource.projectId, projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)));
  const described = row?.live ?? row?.draft;
  if (!described) throw new AppError("not_found", "There is no such resource in this project. Go back to Resources.");
  const secrets = triggerId
    ? await db
        .select({ id: triggerSecret.id })
        .from(triggerSecret)
        .where(and(eq(triggerSecret.projectId, projectId), eq(triggerSecret.triggerId, triggerId)))
        .limit(1)
    : [];
  return {
    hasSecret: secrets.length > 0,
    resourceLevel: described.level ?? "user",
    hostInputs: {
      requests: row?.live ? inputsThatChooseHosts(row.live, "requests") : [],
      any: row?.live ? inputsThatChooseHosts(row.live) : [],
    },
    known: listKnownVariables(described, "request", []),
  };
}

import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import { dropLeases } from "#db/queries/leases.ts";
import { findLiveRevision, findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listSecretNames } from "#db/queries/secrets.ts";
import { credential } from "#db/schema/credentials.ts";
import { resource, resourceDraft, resourceRevision } from "#db/schema/resources.ts";
import { secret } from "#db/schema/vault.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { type CheckContext, checkDraft } from "./check-draft.ts";
import { storedHostOf } from "./draft-secrets.ts";
import { boundHostsOf, movedValues } from "./host-template.ts";
import type { ResourceDefinition } from "./schema.ts";

export type Published = { number: number; definition: ResourceDefinition };

/**
 * Finish: the draft becomes an immutable, numbered revision, and all calls use it from now on. A draft with problems is refused
 * with all of them, each keyed by its field.
 */
export async function publishResource(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, version, ...context }: { resourceId: string; version?: number } & Pick<CheckContext, "allowsHttp">,
): Promise<Published> {
  return await db.transaction(async (tx) => {
    // First the draft, then the resource, as saving does: in another order a save and Finish could wait for each other for ever.
    await tx.execute(sql`select 1 from ${resourceDraft} where project_id = ${scope.projectId} and resource_id = ${resourceId} for update`);
    await tx.execute(sql`select 1 from ${resource} where project_id = ${scope.projectId} and id = ${resourceId} for update`);
    const found = await findResource(scope, tx, resourceId);
    if (!found) throw new AppError("not_found", "This resource was deleted. Go back to Resources; Undo is open for 7 days.");
    if (version !== undefined && found.draft.version !== version) {
      throw new AppError("conflict", "The draft was changed elsewhere meanwhile. Look at the changes, then choose Finish again.");
    }

    // Deleting a secret waits until this is through, and then sees that it is used.
    await tx.execute(sql`select 1 from ${secret} where project_id = ${scope.projectId} for key share`);
    const { definition, problems } = checkDraft(found.draft.body, await checkContextOf(scope, tx, found, context));
    if (!definition) {
      const fields = Object.fromEntries(problems.map((problem) => [problem.path, problem.message]));
      throw new AppError("bad_input", `${problems.length} ${problems.length === 1 ? "thing" : "things"} to fix before this can go live.`, {
        fields,
      });
    }
    if (found.liveRevision !== null && found.level !== definition.level) {
      throw new AppError("conflict", "The level is fixed once a resource is live. Duplicate the resource to change it.");
    }

    const number = (found.liveRevision ?? 0) + 1;
    const publishedBy = actor.kind === "member" ? actor.id : null;
    await tx
      .insert(resourceRevision)
      .values({ ...scope, resourceId, number, schemaVersion: bodyVersion("resource"), body: definition, publishedBy });
    await tx
      .update(resource)
      .set({ liveRevision: number, level: definition.level, authType: definition.authType, updatedAt: sql`now()` })
      .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)));
    await tx
      .update(resourceDraft)
      .set({ baseRevision: number })
      .where(and(eq(resourceDraft.projectId, scope.projectId), eq(resourceDraft.resourceId, resourceId)));
    if (definition.level === "app") await promoteAppCredential(scope, tx, resourceId, definition);
    await recordAudit(tx, { ...scope, actor, action: "resource.publish", subject: `resource:${resourceId}`, detail: { revision: number } });
    return { number, definition };
  });
}

/** What check-draft needs to know beside the draft itself. */
export async function checkContextOf(
  scope: Scope,
  db: Database,
  { id, draft }: { id: string; draft: { body: { oauth: { clientSecret?: { kind: string; id?: string } } } } },
  context: Pick<CheckContext, "allowsHttp">,
): Promise<CheckContext> {
  const reference = draft.body.oauth.clientSecret;
  const clientSecretHost =
    reference?.kind === "sealed" && reference.id ? await storedHostOf(scope, db, id, reference.id).catch(() => undefined) : undefined;
  return { ...context, clientSecretHost, secretNames: await listSecretNames(scope, db) };
}

/**
 * Values of the app that were typed and tested in the wizard become the live ones with Finish (rules.md, Credentials 3). Values that
 * were typed for other hosts than those of this definition go nowhere: Finish is refused until they are typed again.
 */
async function promoteAppCredential(scope: Scope, tx: Database, resourceId: string, definition: ResourceDefinition): Promise<void> {
  const ofResource = and(
    eq(credential.projectId, scope.projectId),
    eq(credential.resourceId, resourceId),
    isNull(credential.userId),
    eq(credential.authType, definition.authType),
  );
  const rows = await tx
    .select({ id: credential.id, owner: credential.owner, status: credential.status, boundHost: credential.boundHost })
    .from(credential)
    .where(and(ofResource, inArray(credential.owner, ["app", "candidate"])));
  const live = rows.find(({ owner }) => owner === "app");
  const typed = rows.find(({ owner }) => owner === "candidate");
  // Values that failed their test don't replace ones that work.
  const candidate = typed?.status === "VALID" || live?.status !== "VALID" ? typed : undefined;
  const next = candidate ?? live;
  const hosts = boundHostsOf(definition);
  if (next && next.boundHost !== hosts) {
    const message = movedValues(next.boundHost, hosts);
    throw new AppError("bad_input", `The app's credentials need another test. ${message}`, { fields: { "request.baseUrl": message } });
  }
  if (!candidate) return;
  const replaced = await tx
    .delete(credential)
    .where(and(eq(credential.projectId, scope.projectId), eq(credential.resourceId, resourceId), eq(credential.owner, "app")))
    .returning({ id: credential.id });
  await dropLeases(scope, tx, replaced);
  // The schedule takes over: it checks soon, and renews before the end by the same margin as ever (lib/credentials/refresh-policy), but
  // the lifetime, which is sealed, is counted here from the issue or the typing.
  const lifetime = sql`greatest(expires_at - coalesce(refreshed_at, updated_at), interval '0')`;
  const refreshAt = sql`expires_at - least(interval '5 minutes', ${lifetime} / 4)`;
  await tx
    .update(credential)
    .set({ owner: "app", updatedAt: sql`now()`, refreshAt, verifyAt: sql`now()` })
    .where(and(eq(credential.projectId, scope.projectId), eq(credential.id, candidate.id)));
}

/** How many users an authentication-type change would ask to reconnect; 0 when the type stays. Stops counting at 1,001. */
export async function countUsersToReconnect(scope: Scope, db: Database, resourceId: string, authType: string | undefined): Promise<number> {
  const live = await findLiveRevision(scope, db, resourceId);
  if (!live || live.body.authType === authType) return 0;
  const [row] = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from (
      select 1 from ${credential} where project_id = ${scope.projectId} and resource_id = ${resourceId} and owner = 'user' limit 1001) counted`);
  return row?.n ?? 0;
}

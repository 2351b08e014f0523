import { createHash } from "node:crypto";
import type { Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import { type ConnectFacts, findCandidate, findConnectFacts } from "#db/queries/connections.ts";
import type { Scope } from "#db/queries/scope.ts";
import { withLease } from "#lib/credentials/lease.ts";
import { readRenewable } from "#lib/credentials/live-credential.ts";
import { isOtherwisePlain, notePlain } from "#lib/credentials/note-plain.ts";
import { parseCredentialInput, type Supplied } from "#lib/credentials/parse-credential-input.ts";
import { personOf } from "#lib/credentials/person-of.ts";
import { type CredentialRow, type NewCredential, openSecrets, saveCredential } from "#lib/credentials/save-credential.ts";
import { checkEveryOf, type StoredSecrets } from "#lib/credentials/schema.ts";
import { storeRefreshed } from "#lib/credentials/store-refresh.ts";
import { renewDigest, wereSupplied } from "#lib/credentials/supplied-digest.ts";
import { AppError } from "#lib/errors.ts";
import { enqueueNext } from "#lib/jobs/enqueue.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { digestMatches } from "#lib/vault/digest.ts";
import { noteUserSeen } from "./note-user-seen.ts";
import { type Attempt, tryCandidate } from "./try-candidate.ts";

export type ConnectInput = {
  /** From the door's one statement. */
  facts: Pick<ConnectFacts, "resource" | "credential" | "hasCandidate" | "userMetadata" | "startsWorkflows">;
  /** The `sub` of the verified user token. */
  externalId: string;
  body: unknown;
  requestId: string;
};

type UserDefinition = Extract<ResourceDefinition, { level: "user" }>;

export type ConnectedCredential = Pick<
  CredentialRow,
  "id" | "userId" | "status" | "profile" | "profileId" | "expiresAt" | "refreshedAt" | "refreshFailures" | "createdAt" | "updatedAt"
> & { resourceId: string };

/**
 * Joins a user to a resource: read → the calls it needs, on a candidate in memory → one commit. A failed reconnect leaves the old
 * credential untouched; what a successful token call returned is kept all the same (rules.md, Credentials 5 to 7).
 */
export async function connectUser(spine: Spine, scope: Scope, input: ConnectInput, isInTurn = false): Promise<ConnectedCredential> {
  const { facts, externalId } = input;
  if (!facts.resource)
    throw new AppError(
      "not_found",
      "There is no such resource in this project, or it isn't published. Copy the Resource ID from its page.",
    );
  const { id: resourceId, liveRevision } = facts.resource;
  const definition = await loadRevision(scope, spine.sql, resourceId, liveRevision);
  if (definition.level === "app") {
    throw new AppError("conflict", "This resource has one credential for all users: there is nothing to connect. Use it right away.");
  }

  const started = performance.now();
  const supplied = parseCredentialInput(definition, input.body, databaseNow());
  const old = facts.credential;
  const recordEnd = (userId: string | null, status: number, failure?: string) =>
    recordConnect(spine, scope, input, { resourceId, userId, status, failure, durationMs: performance.now() - started });
  const isRepeated = old !== null && old.authType === definition.authType && (await wereSupplied(spine.sql, old.suppliedDigest, supplied));
  const isSame = isRepeated && old.status === "VALID" && old.hasConnected;
  const reseals = isSame && isOtherwisePlain(scope, old, supplied.secrets);
  if (isSame && (!reseals || isInTurn)) {
    if (reseals) await notePlain(scope, spine.sql, old, supplied.secrets);
    await renewDigest(scope, spine.sql, old, supplied);
    noteUserSeen(scope.projectId, old.userId);
    recordEnd(old.userId, 200);
    return { ...old, resourceId };
  }

  if ((isRepeated || maySpend(definition, supplied) || (await hasSameGrant(scope, spine.sql, old, supplied))) && !isInTurn) {
    const turn = `${scope.projectId}/${resourceId}/${externalId}`;
    return await inTurn(turn, () =>
      withLease(scope, spine.sql, old?.id ?? uuidOf(turn), async () => {
        const now = await findConnectFacts(spine.sql, scope.projectId, resourceId, externalId);
        return await connectUser(spine, scope, { ...input, facts: now ?? { ...facts, resource: null } }, true);
      }),
    );
  }

  const call = {
    scope,
    resourceId,
    definition,
    user: { id: externalId, metadata: facts.userMetadata },
    userId: facts.credential?.userId,
    source: "connect",
    requestId: input.requestId,
  } as const;
  const resumed = await resume(spine, scope, resourceId, facts, supplied, isRepeated);
  const wereRefused = isRepeated && old.status === "INVALID" && old.hasConnected;
  const attempt = await tryCandidate(spine, call, resumed?.secrets ?? supplied.secrets, { wereRefused });
  if (attempt.failure) {
    if (wereRefused && resumed) await keepRenewed(spine, scope, input, old.id, attempt);
    else await keepWhatWasIssued(spine, scope, input, resourceId, definition, supplied, attempt);
    recordEnd(old?.userId ?? null, attempt.failure.error.status, attempt.failure.reason);
    throw attempt.failure.error;
  }

  const isFirst = !old?.hasConnected;
  const credential = {
    resourceId,
    owner: { kind: "user", externalId, person: personOf(attempt.profile?.fields ?? {}) },
    authType: definition.authType,
    secrets: attempt.secrets,
    canonical: supplied.canonical,
    status: "VALID",
    reason: null,
    profile: attempt.profile,
    verified: attempt.verified,
    refreshedAt: attempt.renewed ? "now" : (resumed?.refreshedAt ?? null),
    checkEvery: checkEveryOf(definition),
    event: { kind: isFirst ? "connected" : "reconnected", cause: "Connect call" },
  } satisfies NewCredential;
  const save = facts.startsWorkflows && isFirst ? saveAndTell : saveCredential;
  const saved = await save(scope, spine.sql, credential, old?.id);
  if (old && facts.hasCandidate) await dropCandidate(spine, scope, resourceId, old.userId);
  recordEnd(saved.userId, 200);
  return { ...saved, resourceId };
}

/** Whether the calls of this connect may use the refresh token: at once, or when the API refuses the access token in one of them. */
function maySpend({ profile, test }: UserDefinition, { secrets }: Supplied): boolean {
  return Boolean(secrets.refreshToken) && (!secrets.accessToken || profile.enabled || test.verifyOnConnect);
}

/** What happens when a user has connected (server/worker maps it to lib/workflows/start-connected). */
export const CONNECTED_JOB = "user-connected";

/** Saves, and has the workflows started that begin with User Connected: both or neither. */
const saveAndTell: typeof saveCredential = (scope, sql, credential, knownId) =>
  sql.begin(async (tx) => {
    const saved = await saveCredential(scope, tx as unknown as Sql, credential, knownId);
    const data = {
      ...scope,
      userId: saved.userId,
      resourceId: credential.resourceId,
      credentialId: saved.id,
      generation: saved.generation,
    };
    await enqueueNext(tx, [{ name: CONNECTED_JOB, data, group: scope.projectId }]);
    return saved;
  });

/**
 * Whether the app sends the refresh token that this credential began with, beside other values than last time: an app that keeps the
 * pair of its first sign-in does, when the resource asks for a new Required Input. What that token has become since is stored; the
 * token itself may be dead.
 */
async function hasSameGrant(scope: Scope, sql: Sql, old: ConnectInput["facts"]["credential"], { secrets }: Supplied): Promise<boolean> {
  if (old?.status !== "VALID" || !secrets.refreshToken) return false;
  const { suppliedRefresh } = openSecrets(scope, old.id, old);
  return suppliedRefresh !== undefined && (await digestMatches(sql, Buffer.from(suppliedRefresh, "base64"), secrets.refreshToken));
}

/** A lease's id where there is no credential yet. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const turns = new Map<string, Promise<unknown>>();

/**
 * A refresh token works once: an app that calls connect twice at once (a page that renders twice does) must not spend it twice, since
 * a server that notices ends the whole grant. So these calls come after one another, and each looks again at what is stored: here
 * those of this process, by a lease those of all.
 */
async function inTurn<T>(key: string, act: () => Promise<T>): Promise<T> {
  const turn = (turns.get(key) ?? Promise.resolve()).then(act, act);
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}

/** Connecting again goes on from what the same values or the same refresh token have become, or from what a half-failed reconnect was issued. */
async function resume(
  spine: Spine,
  scope: Scope,
  resourceId: string,
  { credential: old, hasCandidate }: ConnectInput["facts"],
  supplied: Supplied,
  isRepeated: boolean,
): Promise<{ secrets: StoredSecrets; refreshedAt: Date | null } | null> {
  if (!old) return null;
  if ((isRepeated && supplied.secrets.refreshToken) || (await hasSameGrant(scope, spine.sql, old, supplied))) {
    const { inputs, plain } = supplied.secrets;
    return { secrets: { ...openSecrets(scope, old.id, old), inputs, plain }, refreshedAt: old.refreshedAt };
  }
  if (!hasCandidate) return null;
  const candidate = await findCandidate(spine.sql, scope.projectId, resourceId, old.userId);
  const isSame = candidate && (await wereSupplied(spine.sql, candidate.suppliedDigest, supplied));
  return isSame ? { secrets: openSecrets(scope, candidate.id, candidate), refreshedAt: candidate.refreshedAt } : null;
}

/** A rotated refresh token must not be dropped, even when a later call failed. */
async function keepWhatWasIssued(
  spine: Spine,
  scope: Scope,
  { facts, externalId }: ConnectInput,
  resourceId: string,
  definition: ResourceDefinition,
  supplied: Supplied,
  attempt: Attempt,
): Promise<void> {
  const { failure } = attempt;
  if (!attempt.renewed || !failure || failure.reason === "token_failed" || definition.authType !== "oauth2_refresh_token") return;
  const save = (kind: "user" | "user-candidate", knownId?: string) =>
    saveCredential(
      scope,
      spine.sql,
      {
        resourceId,
        owner: { kind, externalId },
        authType: definition.authType,
        secrets: attempt.secrets,
        canonical: supplied.canonical,
        status: "INVALID",
        reason: failure.reason,
        profile: null,
        verified: false,
        refreshedAt: "now",
        checkEvery: 0,
        event: { kind: "connect_failed", cause: failure.error.message },
      },
      knownId,
    );
  const { credential: old } = facts;
  if (old && old.status !== "INVALID") return void (await save("user-candidate"));
  // A credential that another call has made valid meanwhile goes on serving, too.
  await save("user", old?.id).catch(async (error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
    await save("user-candidate");
  });
}

/** What was renewed on the way were the row's own tokens, so to the row this was a refresh like any other. */
async function keepRenewed(spine: Spine, scope: Scope, { requestId }: ConnectInput, id: string, attempt: Attempt): Promise<void> {
  if (!attempt.renewed) return;
  const row = await readRenewable(scope, spine.sql, id);
  const sentence = "The app connected again with the same values.";
  if (row) await storeRefreshed(scope, spine.sql, row, attempt.secrets, { by: "call", sentence, requestId });
}

async function dropCandidate({ sql }: Spine, { projectId }: Scope, resourceId: string, userId: string): Promise<void> {
  await sql`delete from credential where project_id = ${projectId} and resource_id = ${resourceId} and owner = 'candidate' and user_id = ${userId}`;
}

function recordConnect(
  { record }: Spine,
  scope: Scope,
  { requestId }: ConnectInput,
  end: { resourceId: string; userId: string | null; status: number; failure?: string; durationMs: number },
): void {
  record({ ...scope, ...end, kind: "connect", source: "sdk", method: "POST", path: "/connect", requestId });
}

/**
 * Brings what APIs were told of our webhooks to what should be: a chore, safe to run by several workers at once. A call may go out twice
 * (a worker may die between the API's answer and our commit), with the same Idempotency-Key. What fails is tried again with growing gaps.
 */
import type { Sql } from "#db/client.ts";
import { findLiveCredential } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { comparePairs, type DueSubscription, markWanted, takeChecks, takeDueSubscriptions } from "#db/queries/subscriptions.ts";
import { readRetryAfter } from "#lib/credentials/refresh-policy.ts";
import { openSecrets } from "#lib/credentials/save-credential.ts";
import { performLive } from "#lib/requests/perform-live.ts";
import { performRequest, type Spine } from "#lib/requests/perform-request.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import type { RequestTemplate, ResourceDefinition } from "#lib/resources/schema.ts";
import { storableText } from "#lib/storable.ts";
import { open, seal } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";
import { openTriggerSecret } from "./change-trigger-secrets.ts";
import { webhookUrl } from "./read-trigger.ts";
import { listRequestTemplates, sharedSettingIn, whyWithheld } from "./shared-settings.ts";
import { parseAnswer, readSubscriptionSecret } from "./subscription-answer.ts";
import { makeWebhookToken, openWebhookToken } from "./webhook-token.ts";

const AT_ONCE = 10;
const CHECKS_AT_ONCE = 200;
/** Of a round, so that neither comparisons nor calls wait long for the others. */
const MOST_PLANS = 20;
const MOST_CALLS = 200;
/** 5 s, 10 s, ... an hour; some ten hours in all. */
const TRIES = 16;
const ANSWER_CHARACTERS = 65_536;

/** One round. Gives how many calls it was about. */
export async function settleSubscriptions(spine: Spine, signal: AbortSignal, onError: (error: unknown) => void): Promise<number> {
  const { sql } = spine;
  for (let n = 0; n < MOST_PLANS && !signal.aborted; n++) if (!(await planSubscriptions(sql))) break;
  let calls = 0;
  while (!signal.aborted) {
    const due = await takeDueSubscriptions(sql, AT_ONCE);
    await Promise.all(due.map((one) => settleOne(spine, one).catch(onError)));
    calls += due.length;
    if (due.length < AT_ONCE || calls >= MOST_CALLS) break;
  }
  return calls;
}

/**
 * Compares what should be with what is, where something of it has changed, and leaves the difference to `settleSubscriptions`. A part of
 * it, however many users a trigger has; false when nothing was left.
 */
export async function planSubscriptions(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const pairs = await takeChecks(tx, CHECKS_AT_ONCE);
    if (!pairs) return false;
    const compared = await comparePairs(tx, pairs);
    const held = compared.filter(({ id }) => id !== null);
    await markWanted(
      tx,
      held.filter(({ isWanted, stays }) => isWanted && !stays),
      false,
    );
    await markWanted(
      tx,
      held.filter(({ isWanted, begins }) => !isWanted && begins),
      true,
    );
    const missing = compared.filter(({ id, begins }) => id === null && begins);
    await Promise.all(
      missing.map(({ projectId, triggerId, userId }) => {
        const id = crypto.randomUUID();
        const { tokenDigest, ciphertext, keyId } = makeWebhookToken({ projectId }, id).stored;
        return tx`
          insert into trigger_subscription (project_id, id, trigger_id, user_id, token_digest, ciphertext, key_id, wanted, next_try_at)
          values (${projectId}, ${id}, ${triggerId}, ${userId}, ${tokenDigest}, ${ciphertext}, ${keyId}, true, now()) on conflict do nothing`;
      }),
    );
    return true;
  });
}

async function settleOne(spine: Spine, due: DueSubscription): Promise<void> {
  const { sql } = spine;
  if (due.wanted) {
    if (due.state === "active") return await rest(sql, due);
    return await make(spine, due);
  }
  // Nothing was told, or nothing can be taken back.
  if (due.state === "idle" || (due.state !== "removing" && !due.answerCiphertext) || !due.body.subscription.hasTeardown)
    return await forget(sql, due, null);
  await remove(spine, due);
}

async function make(spine: Spine, due: DueSubscription): Promise<void> {
  const { sql } = spine;
  const { projectId, id } = due;
  await sql`update trigger_subscription set state = ${due.attempts > 0 ? "failing" : "creating"} where project_id = ${projectId} and id = ${id}`;
  const called = await call(spine, due, due.body.subscription.create as RequestTemplate, `${id}:create:${due.turn}`);
  if (!called.ok) return await fail(sql, due, called, "failing");
  const answer = storableText(Buffer.from(called.body).toString("utf8").slice(0, ANSWER_CHARACTERS));
  const { secretPath } = due.body.subscription;
  if (secretPath && !readSubscriptionSecret(answer, secretPath)) {
    const message = `The API took it, but its answer holds no secret at ${secretPath}. Correct the path.`;
    await store(sql, due, answer);
    // Asked again, an API without idempotency would make a second one: it waits for a member.
    return await fail(sql, { ...due, attempts: TRIES }, { message }, "failing");
  }
  await store(sql, due, answer);
  await sql`
    update trigger_subscription set state = 'active', attempts = 0, last_error = null, active_since = now(), claimed_until = null,
      next_try_at = case when wanted then null else now() end
    where project_id = ${projectId} and id = ${id}`;
}

/** Sealed: it may hold a secret. */
async function store(sql: Sql, { projectId, id }: DueSubscription, answer: string): Promise<void> {
  const sealed = seal(answer, { projectId, rowId: id, field: SEALED_FIELD.subscriptionAnswer });
  await sql`
    update trigger_subscription set answer_ciphertext = ${sealed.ciphertext}, answer_key_id = ${sealed.keyId}
    where project_id = ${projectId} and id = ${id}`;
}

async function remove(spine: Spine, due: DueSubscription): Promise<void> {
  const { sql } = spine;
  const { projectId, id } = due;
  // Tried again it is the same turn.
  const [row] = await sql<{ turn: number }[]>`
    update trigger_subscription set state = 'removing', turn = turn + (state <> 'removing')::int where project_id = ${projectId} and id = ${id}
    returning turn`;
  if (!row) return;
  const called = await call(spine, due, due.body.subscription.teardown as RequestTemplate, `${id}:teardown:${row.turn}`);
  // What isn't there any more needs no taking back.
  if (called.ok || called.status === 404 || called.status === 410) return await forget(sql, due, null);
  if (called.isHopeless || due.isOver) return await forget(sql, due, `It could not be taken back at the API. ${called.message}`);
  await fail(sql, due, called, "removing");
}

type Called =
  | { ok: true; body: Uint8Array }
  /** `isHopeless`: nothing is left to call with. */
  | { ok: false; message: string; status?: number; retryMs?: number; isHopeless?: boolean };

/** `idempotencyKey`: an API that remembers keys does once what is asked twice under one, and answers a second thing under it with the first. */
async function call(spine: Spine, due: DueSubscription, template: RequestTemplate, idempotencyKey: string): Promise<Called> {
  const { projectId, resourceId, liveRevision } = due;
  const scope = { projectId };
  if (liveRevision === null) return { ok: false, message: "The resource isn’t published.", isHopeless: true };
  const definition = await loadRevision(scope, spine.sql, resourceId, liveRevision);
  const withheld = whyNotSent(definition, due, template);
  if (withheld) return { ok: false, message: withheld };
  const [secret, url] = [await newestSecret(scope, spine.sql, due), webhookUrl(tokenOf(scope, due))];
  const answer = due.answerCiphertext && due.answerKeyId ? openAnswer(due, due.answerCiphertext, due.answerKeyId) : "{}";
  const hasKey = template.headers.some(({ name }) => name.toLowerCase() === "idempotency-key");
  const request = {
    ...template,
    headers: hasKey ? template.headers : [...template.headers, { name: "Idempotency-Key", value: idempotencyKey }],
  };
  const given = due.body.subscription.secretPath ? readSubscriptionSecret(answer, due.body.subscription.secretPath) : null;
  const shared = {
    scope,
    resourceId,
    definition,
    request,
    kind: "call" as const,
    source: "webhook" as const,
    webhook: {
      variables: { settings: { webhookURL: url, ...(secret ? { webhookSecret: secret } : {}) }, subscription: parseAnswer(answer) },
      hidden: [url.slice(url.lastIndexOf("/") + 1), ...(secret ? [secret] : []), ...(given ? [given] : [])],
    },
  };
  const live = await liveCredentialOf(spine.sql, due);
  if (live) {
    const user = live.externalId === null ? null : { id: live.externalId, metadata: live.metadata ?? {} };
    const performed = await performLive(spine, { ...shared, credential: live, user, profile: live.profile });
    return performed.ok ? judge(performed.outcome) : { ok: false, message: `${performed.failure.message} ${performed.failure.fix}` };
  }
  const kept = await keptSecretsOf(spine.sql, due);
  if (!kept) return { ok: false, message: "The credential is gone.", isHopeless: true };
  const performed = await performRequest(spine, {
    ...shared,
    secrets: kept,
    user: null,
    userId: due.userId ?? undefined,
    // Of a deleted resource the credential may come back by Undo: its refresh token must not be spent here.
    renew: due.farewellCiphertext ? "stored" : "never",
  });
  if (performed.outcome) return judge(performed.outcome);
  return { ok: false, message: `${performed.refusal?.message ?? "No call could be made."}` };
}

/** Finishing a trigger asks the same, but the resource may have been given another address since. */
function whyNotSent(definition: ResourceDefinition, { body }: DueSubscription, template: RequestTemplate): string | null {
  const [input] = inputsThatChooseHosts(definition, "requests");
  const names = listRequestTemplates("", template).map((each) => sharedSettingIn(body.level, each));
  const name = names.find((each) => each !== undefined);
  return input !== undefined && name !== undefined ? whyWithheld(name, input) : null;
}

function judge(outcome: NonNullable<Awaited<ReturnType<typeof performRequest>>["outcome"]>): Called {
  if (outcome.kind === "failure") return { ok: false, message: `${outcome.message} ${outcome.fix}` };
  if (outcome.status >= 200 && outcome.status < 300) return { ok: true, body: outcome.body };
  const retryMs = readRetryAfter(outcome.headers, Date.now());
  return { ok: false, status: outcome.status, message: `The API answered ${outcome.status}. Activity shows its whole answer.`, retryMs };
}

/** User-level: this user's own URL. Else the trigger's, which all its subscriptions share. */
const tokenOf = (scope: Scope, due: DueSubscription): string =>
  due.body.level === "user"
    ? openWebhookToken(scope, due.id, { ciphertext: due.tokenCiphertext, keyId: due.tokenKeyId })
    : openWebhookToken(scope, due.triggerId, { ciphertext: due.triggerCiphertext, keyId: due.triggerKeyId });

const openAnswer = ({ projectId, id }: DueSubscription, ciphertext: Uint8Array, keyId: string): string =>
  open({ ciphertext, keyId }, { projectId, rowId: id, field: SEALED_FIELD.subscriptionAnswer });

async function newestSecret(scope: Scope, sql: Sql, { triggerId }: DueSubscription): Promise<string | null> {
  const [row] = await sql<{ id: string; ciphertext: Uint8Array; keyId: string }[]>`
    select id, ciphertext, key_id as "keyId" from trigger_secret where project_id = ${scope.projectId} and trigger_id = ${triggerId}
    order by set_at desc limit 1`;
  return row ? openTriggerSecret(scope, row.id, row) : null;
}

async function liveCredentialOf(sql: Sql, { projectId, resourceId, userId, isResourceDeleted }: DueSubscription) {
  if (isResourceDeleted) return null;
  const [row] = await sql<{ id: string }[]>`
    select id from credential where project_id = ${projectId} and resource_id = ${resourceId} and owner = ${userId ? "user" : "app"}
      and user_id is not distinct from ${userId}`;
  return row ? await findLiveCredential({ projectId }, sql, row.id) : null;
}

/** Of a credential that was dropped, or of a resource that is deleted. */
async function keptSecretsOf(sql: Sql, due: DueSubscription) {
  const { projectId, resourceId, userId, farewellCredentialId, farewellCiphertext, farewellKeyId } = due;
  if (farewellCredentialId && farewellCiphertext && farewellKeyId)
    return openSecrets({ projectId }, farewellCredentialId, { ciphertext: farewellCiphertext, keyId: farewellKeyId });
  const [row] = await sql<{ id: string; ciphertext: Uint8Array; keyId: string }[]>`
    select id, ciphertext, key_id as "keyId" from credential where project_id = ${projectId} and resource_id = ${resourceId}
      and owner = ${userId ? "user" : "app"} and user_id is not distinct from ${userId}`;
  return row ? openSecrets({ projectId }, row.id, row) : null;
}

async function rest(sql: Sql, { projectId, id }: DueSubscription): Promise<void> {
  await sql`update trigger_subscription set next_try_at = null, claimed_until = null where project_id = ${projectId} and id = ${id}`;
}

/** The row stays, so that the user's URL does; what belongs to the API's side goes, the kept credential with it. */
async function forget(sql: Sql, { projectId, id, triggerId, userId }: DueSubscription, message: string | null): Promise<void> {
  // The user may have connected again meanwhile.
  await sql`
    with checked as (
      insert into subscription_check (project_id, trigger_id, user_id, is_whole) values (${projectId}, ${triggerId}, ${userId}, false)
    )
    update trigger_subscription set state = 'idle', attempts = 0, last_error = ${message}, active_since = null, claimed_until = null,
      next_try_at = case when wanted then now() end, turn = turn + (state <> 'removing' and answer_ciphertext is not null)::int,
      answer_ciphertext = null, answer_key_id = null,
      farewell_credential_id = null, farewell_ciphertext = null, farewell_key_id = null, farewell_at = null
    where project_id = ${projectId} and id = ${id}`;
}

async function fail(
  sql: Sql,
  { projectId, id, attempts }: DueSubscription,
  { message, retryMs }: { message: string; retryMs?: number },
  state: "failing" | "removing",
): Promise<void> {
  const isLast = attempts + 1 >= TRIES;
  const waitMs = Math.max(retryMs ?? 0, Math.min(5_000 * 2 ** attempts, 3_600_000) * (0.8 + Math.random() * 0.4));
  await sql`
    update trigger_subscription set state = ${isLast ? "stuck" : state}, attempts = attempts + 1, last_error = ${storableText(message).slice(0, 500)},
      claimed_until = null, next_try_at = ${isLast ? null : sql`now() + make_interval(secs => ${waitMs / 1000})`}
    where project_id = ${projectId} and id = ${id}`;
}

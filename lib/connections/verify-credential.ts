import { databaseNow } from "#db/clock.ts";
import type { StoredLive } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { judgeTest } from "#lib/credentials/judge-test.ts";
import { pauseAskedFor } from "#lib/credentials/refresh-policy.ts";
import { checkEveryOf } from "#lib/credentials/schema.ts";
import { storeVerdict } from "#lib/credentials/store-verdict.ts";
import { performLive } from "#lib/requests/perform-live.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { Outcome } from "#lib/transport/schema.ts";
import { rereadProfile } from "./reread-profile.ts";
import { type ActResult, type CredentialAct, gone, sourceOf, takeUpCredential } from "./take-up-credential.ts";

/** `pauseMs`: the API asks to slow down; no other check of this resource should go out before. */
export type Verified = ActResult & { pauseMs?: number };

/**
 * Checks a credential by the resource's test request, when that is a GET: any other could change something at the API. Where it works,
 * the user's profile is read again with it.
 */
export async function verifyCredential(spine: Spine, scope: Scope, act: CredentialAct): Promise<Verified> {
  const credential = await takeUpCredential(spine, scope, act, "credential.verify");
  return credential ? await verifyStored(spine, credential, act) : gone();
}

/** The same for a row that was read already. */
export async function verifyStored(
  spine: Spine,
  credential: StoredLive,
  { cause, actor }: Pick<CredentialAct, "cause" | "actor">,
  /** Waited for before a further call goes out. */
  nextTurn: () => Promise<void> = async () => {},
): Promise<Verified> {
  const { projectId, resourceId } = credential;
  const begunAt = databaseNow();
  const scope = { projectId };
  const definition = await loadRevision(scope, spine.sql, resourceId, credential.liveRevision);
  const checkEvery = checkEveryOf(definition);
  const isAsked = cause !== "schedule";
  if (definition.test.request.method !== "GET" || (checkEvery === 0 && !isAsked)) {
    await storeVerdict(scope, spine.sql, credential, { kind: "none" }, { checkEvery: 0, isAsked });
    const fix = "Make the test request of the resource a GET.";
    return { ok: null, message: "Nothing to check by: the test request isn't a GET, and any other could change something.", fix };
  }
  const performed = await performLive(spine, {
    scope,
    resourceId,
    definition,
    // One that was found dead by a check comes back by a check.
    credential: isAsked || credential.reason === "verify_failed" ? { ...credential, status: "VALID" } : credential,
    user: credential.externalId === null ? null : { id: credential.externalId, metadata: credential.metadata ?? {} },
    profile: credential.profile,
    request: definition.test.request,
    kind: "verify",
    source: sourceOf(cause),
  });
  if (!performed.ok) {
    const { message, fix } = performed.failure;
    await storeVerdict(scope, spine.sql, credential, { kind: "none" }, { checkEvery, isAsked });
    return { ok: false, message, fix };
  }
  const { outcome } = performed;
  const verdict = verdictOf(definition, outcome);
  await storeVerdict(scope, spine.sql, credential, verdict, { checkEvery, isAsked });
  if (verdict.kind === "works") {
    const pauseMs = await rereadProfile(spine, { credential, definition, secrets: performed.secrets, begunAt, cause, actor }, nextTurn);
    return { ok: true, pauseMs };
  }
  return {
    ok: false,
    message: verdict.sentence,
    fix: verdict.kind === "refused" ? "The user has to connect again." : "It is tried again by itself.",
    pauseMs: pauseAskedFor(outcome),
  };
}

export type Verdict =
  | { kind: "works" }
  /** The API says no to the credential. */
  | { kind: "refused"; sentence: string }
  /** The API didn't get as far as to judge. */
  | { kind: "unclear"; sentence: string }
  | { kind: "none" };

/** What an answer to the test request says of the credential. Pure. */
function verdictOf(definition: ResourceDefinition, outcome: Outcome): Exclude<Verdict, { kind: "none" }> {
  if (outcome.kind === "failure") return { kind: "unclear", sentence: `The check got no answer. ${outcome.message}` };
  const { kind, answered } = judgeTest(definition, outcome);
  if (kind === "passed") return { kind: "works" };
  const isRefused = kind === "expired" || outcome.status === 401 || outcome.status === 403;
  return { kind: isRefused ? "refused" : "unclear", sentence: `The API answered the check with ${answered}.` };
}

import { judgeTest, type TestResult } from "#lib/credentials/judge-test.ts";
import type { Obtained } from "#lib/credentials/obtain-credential.ts";
import type { StoredSecrets } from "#lib/credentials/schema.ts";
import { readJwtClaims } from "#lib/credentials/token-endpoint.ts";
import { AppError } from "#lib/errors.ts";
import { type Call, obtainToken, type Performed, performRequest, type Spine } from "#lib/requests/perform-request.ts";
import { profileSourceOf } from "#lib/resources/profile-source.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { Outcome } from "#lib/transport/schema.ts";
import { keyedDigest } from "#lib/vault/digest.ts";
import { readUserProfile } from "./read-user-profile.ts";

/** What the calls of a connect brought, as far as they came. */
export type Attempt = {
  secrets: StoredSecrets;
  profile: { id: string; fields: Record<string, unknown> } | null;
  /** Whether the API took the credential in a call. */
  verified: boolean;
  /** Whether a token call of ours issued what is in `secrets`. */
  renewed: boolean;
  failure?: { reason: "token_failed" | "profile_failed" | "verify_failed"; error: AppError };
};

type CandidateCall = Omit<Call, "secrets" | "renew" | "request" | "kind" | "definition"> & {
  definition: Extract<ResourceDefinition, { level: "user" }>;
};

/**
 * Token, profile, verification: those that the definition asks for, none else. `given`: as supplied, or resumed from.
 *
 * A profile decides whose events a user gets, and a user can write any claims into a token. So the API has to stand behind it: it
 * answered the profile call, or it issued the token that the claims are read from, or it took that token in the test request, which
 * is made for this even without "verify on connect" when it is a GET. Where it isn't, a refresh token that came along is exchanged.
 * What nothing of this proves is neither `verified` nor `renewed`, and is stored without the profile's id.
 *
 * Values that were found dead and come again unchanged, as from an app that connects at each login, have to be taken in the test request
 * (`wereRefused`), by the same rules: else they would count as valid until the next check finds them dead again.
 */
export async function tryCandidate(
  spine: Spine,
  call: CandidateCall,
  given: StoredSecrets,
  { wereRefused }: { wereRefused: boolean },
): Promise<Attempt> {
  const { profile, test } = call.definition;
  const attempt: Attempt = { secrets: rememberRefresh(withJwtExpiry(given)), profile: null, verified: false, renewed: false };
  const readsClaims = profileSourceOf(call.definition) === "jwt";
  const canVerify = test.verifyOnConnect || test.request.method === "GET";

  if (needsToken(call.definition, attempt.secrets, (readsClaims || wereRefused) && !canVerify)) {
    const obtained = await obtainToken(spine, { ...call, secrets: attempt.secrets }, "always");
    if (!obtained.ok) return { ...attempt, failure: { reason: "token_failed", error: tokenRefused(obtained) } };
    attempt.secrets = obtained.secrets;
    attempt.renewed = true;
  }

  const mustVerify = () => test.verifyOnConnect || (canVerify && (wereRefused || (readsClaims && !attempt.renewed)));
  const failure =
    (profile.enabled && (await addProfile(spine, call, attempt))) || (mustVerify() && (await verify(spine, call, attempt, readsClaims)));
  return failure ? { ...attempt, failure } : attempt;
}

function needsToken({ authType }: ResourceDefinition, { accessToken, refreshToken }: StoredSecrets, rather: boolean): boolean {
  return authType !== "api_key" && (!accessToken || (rather && refreshToken !== undefined));
}

type Failure = NonNullable<Attempt["failure"]>;

async function verify(spine: Spine, call: CandidateCall, attempt: Attempt, readsClaims: boolean): Promise<Failure | undefined> {
  const { accessToken } = attempt.secrets;
  const performed = await performRequest(spine, {
    ...call,
    kind: "verify",
    request: call.definition.test.request,
    secrets: attempt.secrets,
    renew: attempt.renewed ? "never" : "stored",
    profile: attempt.profile?.fields,
  });
  adopt(attempt, performed);
  const error = upstreamFailure(performed, "verification_failed", "The API didn't accept this credential", (answer) =>
    judgeTest(call.definition, answer),
  );
  if (error) return { reason: "verify_failed", error };
  attempt.verified = true;
  // Refused and renewed on the way: the claims are those of the new token.
  if (readsClaims && attempt.secrets.accessToken !== accessToken) return await addProfile(spine, call, attempt);
}

async function addProfile(spine: Spine, call: CandidateCall, attempt: Attempt): Promise<Failure | undefined> {
  const renew = attempt.renewed ? "never" : "stored";
  const { performed, read } = await readUserProfile(spine, { ...call, secrets: attempt.secrets, renew });
  if (performed) {
    adopt(attempt, performed);
    const error = upstreamFailure(performed, "profile_failed", "The user profile could not be read", answered2xx);
    if (error) return { reason: "profile_failed", error };
    attempt.verified = true;
  }
  if (!read.ok) {
    const upstreamStatus = performed?.outcome?.kind === "answer" ? performed.outcome.status : undefined;
    const meta = { isIntegrationError: true, ...(upstreamStatus === undefined ? {} : { upstreamStatus }) };
    return { reason: "profile_failed", error: new AppError("profile_failed", read.message, { meta }) };
  }
  attempt.profile = { id: read.id, fields: read.profile };
}

/** A 401 on the way renewed the token: what holds now is the new pair. */
function adopt(attempt: Attempt, performed: Performed): void {
  attempt.secrets = performed.secrets;
  attempt.renewed ||= performed.tokenCalls.some((one) => one.result.ok);
}

type Answer = Extract<Outcome, { kind: "answer" }>;

const answered2xx = ({ status }: Answer): TestResult => ({
  kind: status >= 200 && status < 300 ? "passed" : "status",
  answered: String(status),
});

function upstreamFailure(
  { outcome, refusal, redact }: Performed,
  code: "verification_failed" | "profile_failed",
  what: string,
  judge: (answer: Answer) => TestResult,
): AppError | null {
  if (outcome?.kind === "answer") {
    const { kind, answered } = judge(outcome);
    if (kind === "passed") return null;
    return new AppError(code, `${what}: it answered ${answered}. Check the values, or get new ones from the API.`, {
      meta: { isIntegrationError: true, upstreamStatus: outcome.status },
    });
  }
  const { message, fix, kind } = outcome?.kind === "failure" ? { ...outcome, kind: outcome.failure } : refusal!;
  return new AppError(code, `${what}. ${redact(message)} ${fix}`, { meta: { isIntegrationError: true, failure: kind } });
}

function tokenRefused({ failure, call }: Extract<Obtained, { ok: false }>): AppError {
  const status = call?.outcome.kind === "answer" ? call.outcome.status : undefined;
  return new AppError("verification_failed", `${failure.message} ${failure.fix}`, {
    meta: { isIntegrationError: true, failure: failure.kind, ...(status === undefined ? {} : { upstreamStatus: status }) },
  });
}

/** `expires_in` counts from receipt, capped by a JWT's own `exp` (rules.md, Credentials 7). One after the year 9999 caps nothing. */
function withJwtExpiry(secrets: StoredSecrets): StoredSecrets {
  const exp = secrets.accessToken ? readJwtClaims(secrets.accessToken)?.exp : undefined;
  if (typeof exp !== "number" || !(exp > 0) || exp >= 253_402_300_800) return secrets;
  const fromJwt = new Date(exp * 1000).toISOString();
  return { ...secrets, expiresAt: !secrets.expiresAt || fromJwt < secrets.expiresAt ? fromJwt : secrets.expiresAt };
}

function rememberRefresh(secrets: StoredSecrets): StoredSecrets {
  if (!secrets.refreshToken || secrets.suppliedRefresh) return secrets;
  return { ...secrets, suppliedRefresh: Buffer.from(keyedDigest(secrets.refreshToken)).toString("base64") };
}

import { and, eq } from "drizzle-orm";
import type { Scope } from "#db/queries/scope.ts";
import { resource } from "#db/schema/resources.ts";
import { redactAnswer } from "#lib/activity/redact.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { judgeTest } from "#lib/credentials/judge-test.ts";
import { AppError } from "#lib/errors.ts";
import type { Performed, Spine } from "#lib/requests/perform-request.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { refuseLiveGrant } from "./live-grant.ts";
import { callWith, type ObtainedTestToken, obtainTestToken } from "./obtain-test-token.ts";
import { keepTested, type PreparedTest, prepareTest, type TestInput, testCallOf } from "./prepare-test.ts";
import { answeredLane, callLane } from "./report-lanes.ts";
import type { DrillReport, DrillStep, DrillStepKind, LearnedTokens, TestLane } from "./schema.ts";

/**
 * Two refreshes (or token calls, by client credentials) with the test credential, the test request after each, and once more with the
 * access token from before the second. What each refresh issued is kept at once, whatever follows: dropping a rotated refresh token
 * would end the grant. What was learnt stands on the resource afterwards. Stops at the first step that fails. A used refresh token is
 * never sent again to see what happens: where reuse is detected, that ends the grant too.
 *
 * @throws AppError `bad_input` without OAuth or a refresh token; `conflict` when the app's live grant would be drilled.
 */
export async function drillTokens(
  spine: Spine,
  scope: Scope,
  actor: Actor,
  input: TestInput,
  onStep: (step: DrillStep) => void = () => {},
): Promise<DrillReport> {
  const test = await prepareTest(spine, scope, input);
  refuseWithoutRefresh(test);
  const call = testCallOf(scope, test, input);
  const { definition } = test;

  const steps: DrillStep[] = [];
  const add = (step: DrillStepKind, lane: TestLane): boolean => {
    steps.push({ step, lane });
    onStep({ step, lane });
    return lane.state === "passed";
  };
  const stop = (): DrillReport => ({ at: new Date().toISOString(), steps, learned: null });
  const keep = (token: ObtainedTestToken) => keepIssued(spine, scope, test, token);
  const request = async (step: DrillStepKind, token: ObtainedTestToken) =>
    add(step, callLane(definition, await callWith(spine, call, token), token.lane));

  const first = await obtainTestToken(spine, call, test.secrets);
  await keep(first);
  if (!add("first_refresh", first.lane)) return stop();
  if (!(await request("first_call", first))) return stop();

  const second = await obtainTestToken(spine, call, first.secrets);
  await keep(second);
  if (!add("second_refresh", second.lane)) return stop();
  if (!(await request("second_call", second))) return stop();

  const old = { ...second, secrets: { ...second.secrets, accessToken: first.secrets.accessToken } };
  const performed = await callWith(spine, call, old);
  const oldWorks = stillWorks(definition, performed);
  add("old_token", answeredLane(performed, describeOld(oldWorks, first, second)));

  const learned = learn(test, first, second, oldWorks);
  await spine.db.transaction(async (tx) => {
    await tx
      .update(resource)
      .set({ learned })
      .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, input.resourceId)));
    await recordAudit(tx, { ...scope, actor, action: "resource.drill", subject: `resource:${input.resourceId}`, detail: { ...learned } });
  });
  return { at: learned.at, steps, learned };
}

function refuseWithoutRefresh(test: PreparedTest): void {
  const { definition, secrets } = test;
  if (definition.authType === "api_key") throw new AppError("bad_input", "API keys are never refreshed, so there is nothing to drill.");
  if (definition.authType === "oauth2_refresh_token" && !secrets.refreshToken) {
    const message = "The drill refreshes, so it needs a Refresh Token. Paste one, then run it again.";
    throw new AppError("bad_input", message, { fields: { refresh_token: message } });
  }
  refuseLiveGrant(test, "The drill refreshes twice");
}

/** The app's live row is left as it is: what client credentials issue for a drill is used up by the drill. */
async function keepIssued(
  spine: Spine,
  scope: Scope,
  test: PreparedTest,
  { ok, lane, secrets, renewed }: ObtainedTestToken,
): Promise<void> {
  if (test.isLive) return;
  await keepTested(spine, scope, test, {
    secrets,
    ...(ok ? { status: "VALID", reason: null } : { status: "INVALID", reason: "token_failed" }),
    profile: test.profile,
    verified: false,
    refreshedAt: renewed ? "now" : null,
    event: ok
      ? { kind: "refreshed", cause: "Refreshed by the Refresh drill." }
      : { kind: "refresh_failed", cause: lane.problem?.message ?? "" },
  });
}

/** Undefined where the answer tells neither: the API failed, or is asked too often. */
function stillWorks(definition: ResourceDefinition, { outcome, redact }: Performed): boolean | undefined {
  if (outcome?.kind !== "answer") return undefined;
  const { kind } = judgeTest(definition, redactAnswer(outcome, redact));
  if (kind === "expired" || outcome.status === 401 || outcome.status === 403) return false;
  return kind === "passed" ? true : undefined;
}

function describeOld(works: boolean | undefined, first: ObtainedTestToken, second: ObtainedTestToken): string {
  if (first.secrets.accessToken === second.secrets.accessToken) return "The API issued the same access token again";
  if (works === undefined) return "The answer doesn't tell whether the access token from before still works";
  return works ? "The access token from before still works" : "The access token from before is refused";
}

function learn(test: PreparedTest, first: ObtainedTestToken, second: ObtainedTestToken, oldWorks: boolean | undefined): LearnedTokens {
  const tokens = second.call?.result.ok ? second.call.result.tokens : undefined;
  const granted = [test.secrets.scope, first.secrets.scope, second.secrets.scope].filter((scope) => scope !== undefined);
  const scope = granted.at(-1);
  return {
    at: new Date().toISOString(),
    grant: second.call?.grant ?? "refresh_token",
    ...(tokens?.lifetimeSeconds === undefined ? {} : { lifetimeSeconds: tokens.lifetimeSeconds }),
    rotatesRefreshToken: tokens?.refreshToken !== undefined && tokens.refreshToken !== first.secrets.refreshToken,
    ...(oldWorks === undefined ? {} : { oldAccessTokenWorks: oldWorks }),
    scopeChanged: new Set(granted.map(sorted)).size > 1,
    ...(scope ? { scope: first.redact(second.redact(scope)).slice(0, 500) } : {}),
  };
}

/** Scopes have no order (RFC 6749, section 3.3). */
const sorted = (scope: string): string => [...new Set(scope.split(/\s+/).filter(Boolean))].sort().join(" ");

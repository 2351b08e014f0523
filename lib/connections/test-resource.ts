import { and, eq } from "drizzle-orm";
import type { Scope } from "#db/queries/scope.ts";
import { resourceDraft } from "#db/schema/resources.ts";
import { redactAnswer } from "#lib/activity/redact.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { noteLiveTest, obtainLiveTestToken } from "./live-grant.ts";
import { callWith, type ObtainedTestToken, obtainTestToken } from "./obtain-test-token.ts";
import { keepTested, prepareTest, type TestCall, type TestInput, testCallOf } from "./prepare-test.ts";
import { readUserProfile } from "./read-user-profile.ts";
import { callLane, notNeededLane, notSentLane, profileLane, summarizeLanes } from "./report-lanes.ts";
import type { TestLane, TestReport } from "./schema.ts";

/**
 * One real run of a draft: token call, API call, profile call, with the test credentials. What was typed is kept sealed, and so is
 * what a successful token call returned even if a later lane fails: dropping a rotated refresh token would end the grant. The report
 * is redacted and kept beside the draft; `onLane` hears of each lane as its call has ended.
 */
export async function testResource(
  spine: Spine,
  scope: Scope,
  actor: Actor,
  input: TestInput,
  onLane: (lane: TestLane) => void = () => {},
): Promise<TestReport> {
  const { resourceId } = input;
  const test = await prepareTest(spine, scope, input);
  const call = testCallOf(scope, test, input);
  const liveId = test.isLive ? test.stored?.id : undefined;
  const obtained = liveId ? await obtainLiveTestToken(spine, scope, call, liveId) : await obtainTestToken(spine, call, test.secrets);
  const run = await runLanes(spine, call, obtained, onLane);

  const failed = run.lanes.find((lane) => lane.state === "failed");
  const cause = failed?.problem?.message ?? "";
  if (liveId) await noteLiveTest(scope, spine.sql, liveId, { passed: !failed, cause, boundHost: test.hosts });
  else {
    await keepTested(spine, scope, test, {
      secrets: obtained.secrets,
      status: failed ? "INVALID" : "VALID",
      reason: failed ? `${failed.kind}_failed` : null,
      profile: run.profile,
      verified: !failed,
      refreshedAt: obtained.renewed ? "now" : null,
      event: { kind: failed ? "test_failed" : "test_passed", cause },
    });
  }

  const report = summarizeLanes(run.lanes);
  await spine.db.transaction(async (tx) => {
    await tx
      .update(resourceDraft)
      .set({ lastTest: report })
      .where(and(eq(resourceDraft.projectId, scope.projectId), eq(resourceDraft.resourceId, resourceId)));
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "resource.test",
      subject: `resource:${resourceId}`,
      detail: { passed: report.passed },
    });
  });
  return report;
}

async function runLanes(spine: Spine, call: TestCall, obtained: ObtainedTestToken, onLane: (lane: TestLane) => void) {
  const { definition } = call;
  const lanes: TestLane[] = [];
  const add = (lane: TestLane) => {
    lanes.push(lane);
    onLane(lane);
  };
  add(obtained.lane);
  const first = obtained.ok ? await callWith(spine, call, obtained) : null;
  add(first ? callLane(definition, first, obtained.lane) : notSentLane("call", "Not sent, because the token call failed."));

  let profile: { id: string; fields: Record<string, unknown> } | null = null;
  if (definition.level === "user" && definition.profile.enabled) {
    const { secrets } = obtained;
    const tried = obtained.ok ? await readUserProfile(spine, { ...call, definition, secrets, renew: "never" }, redactAnswer) : null;
    add(tried ? profileLane(definition, tried, obtained) : notSentLane("profile", "Not sent, because the token call failed."));
    profile = tried?.read.ok ? { id: tried.read.id, fields: tried.read.profile } : null;
  } else {
    add(notNeededLane("profile", definition.level === "app" ? "App-level resources have no User Profile." : "User Profile is off."));
  }
  return { lanes, profile };
}

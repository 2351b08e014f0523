import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { refuseLiveGrant } from "./live-grant.ts";
import { type ObtainedTestToken, obtainTestToken } from "./obtain-test-token.ts";
import { keepTested, type PreparedTest, prepareTest, type TestInput, testCallOf } from "./prepare-test.ts";
import type { Combination, CombinationReport, CombinationTry } from "./schema.ts";

/** The ways that APIs want a client and a body in, most usual first. */
const WAYS: readonly Combination[] = [
  { clientAuthentication: "basic", bodyFormat: "form" },
  { clientAuthentication: "body", bodyFormat: "form" },
  { clientAuthentication: "body", bodyFormat: "json" },
  { clientAuthentication: "basic", bodyFormat: "json" },
];

/** Answers that another way can't change. */
const POINTLESS: Partial<Record<string, string>> = {
  unreachable: "The token endpoint can’t be reached, so the other ways weren’t tried.",
  rate_limited: "The API asks for fewer calls, so the other ways weren’t tried. Wait, then try again.",
  invalid_grant: "The refresh token isn’t valid any more, so the other ways weren’t tried. Paste a new one to go on.",
};

/**
 * Which way of sending client and body the token endpoint takes: at most four token calls, the draft's own way last, since it has
 * just failed. Stops at the first that works. The draft isn't changed; what a successful call issued is kept as the test credential,
 * since the refresh token that it used may be dead. A refresh token may be used up by a try, so it takes an explicit `consents`.
 *
 * @throws AppError `bad_input` for drafts that can't be tested, or without consent; `conflict` for the app's live grant.
 */
export async function findCombination(
  spine: Spine,
  scope: Scope,
  actor: Actor,
  input: TestInput & { consents: boolean },
  onTry: (made: CombinationTry) => void = () => {},
): Promise<CombinationReport> {
  const found = await findResource(scope, spine.db, input.resourceId);
  if (found && !found.draft.body.oauth.clientSecret && found.draft.body.authType !== "api_key") {
    const message = "There is no Client Secret to try with. Enter it beside the Client ID, then try again.";
    throw new AppError("bad_input", message, { fields: { "oauth.clientSecret": message } });
  }
  // Judged as one that sends its secret, whatever the draft says now: that is what is tried.
  const test = await prepareTest(spine, scope, input, (draft) => withWay(draft, WAYS[0]!));
  const { definition } = test;
  if (definition.authType === "api_key") throw new AppError("bad_input", "API keys need no token call, so there is nothing to find.");
  if (definition.authType === "oauth2_refresh_token") {
    refuseLiveGrant(test, "Each try may use a refresh token up");
    if (!test.secrets.refreshToken) throw new AppError("bad_input", "There is no Refresh Token to try with. Paste one, then try again.");
    if (!input.consents) throw new AppError("bad_input", "A try may use the refresh token up. Say yes to that first.");
  }

  const { clientAuthentication, bodyFormat } = test.found.draft.body.oauth;
  const isOwn = (way: Combination) => way.clientAuthentication === clientAuthentication && way.bodyFormat === (bodyFormat ?? "form");
  const report: CombinationReport = { at: new Date().toISOString(), tries: [] };
  for (const way of [...WAYS.filter((each) => !isOwn(each)), ...WAYS.filter(isOwn)]) {
    const tried = withWay(definition, way);
    const token = await obtainTestToken(spine, testCallOf(scope, { ...test, definition: tried }, input), test.secrets);
    const made = describeTry(way, token);
    report.tries.push(made);
    if (token.renewed) await keepFound(spine, scope, test, token);
    onTry(made);
    if (made.state === "worked") break;
    report.stopped = POINTLESS[token.lane.problem?.kind ?? ""];
    if (report.stopped) break;
  }
  const detail = { tries: report.tries.length, worked: report.tries.at(-1)?.state === "worked" };
  await recordAudit(spine.db, { ...scope, actor, action: "resource.find-combination", subject: `resource:${input.resourceId}`, detail });
  return report;
}

function withWay<Draft extends ResourceDraft | ResourceDefinition>(draft: Draft, way: Combination): Draft {
  return "oauth" in draft ? { ...draft, oauth: { ...draft.oauth, ...way } } : draft;
}

function describeTry(way: Combination, { lane, renewed }: ObtainedTestToken): CombinationTry {
  const { problem, response, durationMs = 0 } = lane;
  return {
    ...way,
    state: renewed ? "worked" : problem?.kind === "invalid_grant" ? "accepted" : "refused",
    ...(response ? { status: response.status } : {}),
    message: problem?.message ?? "A token was issued.",
    durationMs,
  };
}

async function keepFound(spine: Spine, scope: Scope, test: PreparedTest, { secrets }: ObtainedTestToken): Promise<void> {
  if (test.isLive) return;
  await keepTested(spine, scope, test, {
    secrets,
    status: "VALID",
    reason: null,
    profile: test.profile,
    verified: false,
    refreshedAt: "now",
    event: { kind: "refreshed", cause: "Issued while looking for the working combination." },
  });
}

/** What a test shows of its calls: one lane each, redacted, with a sentence and a next step for every failure. Pure. */
import { type Redactor, redactAnswer, redactRequest, redactResponse } from "#lib/activity/redact.ts";
import { judgeTest } from "#lib/credentials/judge-test.ts";
import type { TokenCall } from "#lib/credentials/obtain-credential.ts";
import type { ReadProfile } from "#lib/credentials/read-profile.ts";
import type { Performed } from "#lib/requests/perform-request.ts";
import { profileSourceOf } from "#lib/resources/profile-source.ts";
import { oauthOf } from "#lib/resources/read-definition.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { HttpRequest, Outcome } from "#lib/transport/schema.ts";
import type { LaneKind, LaneProblem, TestLane, TestReport } from "./schema.ts";

export const notNeededLane = (kind: LaneKind, note: string): TestLane => ({
  kind,
  state: "not_needed",
  rules: [],
  stored: "Nothing",
  note,
});

export const notSentLane = (kind: LaneKind, note: string): TestLane => ({ kind, state: "not_sent", rules: [], stored: "Nothing", note });

/** What went out and came back. */
function exchange(
  request: HttpRequest | null,
  outcome: Outcome | null,
  redact: Redactor,
): Pick<TestLane, "request" | "response" | "durationMs"> {
  return {
    ...(request ? { request: redactRequest(request, redact) } : {}),
    ...(outcome?.kind === "answer" ? { response: redactResponse(outcome, redact) } : {}),
    ...(outcome ? { durationMs: Math.round(outcome.durationMs) } : {}),
  };
}

export function tokenLane(
  definition: ResourceDefinition,
  { tokenCalls, refusal, redact }: Pick<Performed, "tokenCalls" | "refusal" | "redact">,
): TestLane {
  const call = tokenCalls.at(-1);
  if (!call) {
    if (refusal)
      return {
        kind: "token",
        state: "failed",
        rules: [],
        stored: "Nothing",
        problem: { kind: refusal.kind, message: refusal.message, fix: refusal.fix },
      };
    return notNeededLane(
      "token",
      definition.authType === "api_key"
        ? "API keys need no token call."
        : "No refresh token was given, so the access token is used as it is.",
    );
  }
  const seen = exchange(call.request, call.outcome, redact);
  if (!call.result.ok) {
    return { kind: "token", state: "failed", ...seen, rules: [], stored: "Nothing", problem: tokenProblem(definition, call) };
  }
  const { tokens } = call.result;
  const { response } = oauthOf(definition)!;
  const lifetime = {
    answer: `Lifetime is ${tokens.lifetimeSeconds} s, from ${response.lifetime}`,
    jwt: `Lifetime is ${tokens.lifetimeSeconds} s, from the token's own exp`,
    default: `Lifetime is ${tokens.lifetimeSeconds} s, the default: the answer has none`,
    nothing: "No lifetime: renewed when a call is answered as expired",
  }[tokens.lifetimeFrom];
  const stored =
    call.grant === "refresh_token"
      ? tokens.refreshToken
        ? "Access token, rotated refresh token"
        : "Access token; the refresh token stays"
      : "Access token";
  return {
    kind: "token",
    state: "passed",
    ...seen,
    rules: [
      { passed: true, text: `A token is at ${response.accessToken}` },
      { passed: true, text: lifetime },
    ],
    stored,
  };
}

function tokenProblem(definition: ResourceDefinition, { result }: TokenCall): LaneProblem {
  if (result.ok) throw new Error("unreachable");
  const { kind, message, fix } = result.failure;
  const suggestion = /There is one at (\$\S+):/.exec(fix)?.[1];
  if (kind === "no_token" && suggestion)
    return { kind, message, fix, action: { label: `Use ${suggestion}`, path: "oauth.response.accessToken", value: suggestion } };
  // By client credentials a try costs nothing, and Find the working combination stands below: no need to guess.
  if (kind === "invalid_client" && definition.authType === "oauth2_refresh_token") {
    const isBasic = oauthOf(definition)!.clientAuthentication === "basic";
    const label = isBasic ? "Send them in the request body" : "Send them as a Basic header";
    return { kind, message, fix, action: { label, path: "oauth.clientAuthentication", value: isBasic ? "body" : "basic" } };
  }
  if (kind === "unreachable" || kind === "not_understood")
    return { kind, message, fix, action: { label: "Go to Access Token URL", path: "oauth.accessTokenUrl" } };
  return { kind, message, fix };
}

const isSuccess = (outcome: Outcome | null): outcome is Extract<Outcome, { kind: "answer" }> =>
  outcome?.kind === "answer" && outcome.status >= 200 && outcome.status < 300;

export function callLane(definition: ResourceDefinition, { request, outcome, redact, refusal }: Performed, token: TestLane): TestLane {
  if (refusal) return notSentLane("call", "Not sent, because the token call failed.");
  const seen = exchange(request, outcome, redact);
  const failed = (problem: LaneProblem, rules: TestLane["rules"] = []): TestLane => ({
    kind: "call",
    state: "failed",
    ...seen,
    rules,
    stored: "Nothing",
    problem,
  });
  if (!isSuccess(outcome))
    return failed(answerProblem(definition, outcome, token, "test.request.path", redact), [{ passed: false, text: "Status is 2xx" }]);
  const rules = [{ passed: true, text: "Status is 2xx" }];
  const { kind } = judgeTest(definition, redactAnswer(outcome, redact));
  if (kind === "expired") {
    const problem = {
      kind: "rule",
      message: `The API answered ${outcome.status}, but with the sign that this resource takes for an expired token.`,
      fix: "Look at the answer: if it is a good one, correct what means “token expired”. Else check API Authentication.",
    };
    return failed(problem, [...rules, { passed: false, text: "The answer doesn’t mean “token expired”" }]);
  }
  const { expectPath } = definition.test;
  if (expectPath) rules.push({ passed: kind === "passed", text: `${expectPath} exists` });
  if (kind !== "passed") {
    const problem = {
      kind: "rule",
      message: `The call worked, but nothing is at ${expectPath}.`,
      fix: "Look at the answer and correct the path, or clear it.",
      action: { label: "Go to the path", path: "test.expectPath" },
    };
    return failed(problem, rules);
  }
  return { kind: "call", state: "passed", ...seen, rules, stored: "Nothing" };
}

/** A call that is made to see what comes: any answer will do, and `finding` says what it means. */
export const answeredLane = (
  { request, outcome, redact }: Pick<Performed, "request" | "outcome" | "redact">,
  finding: string,
): TestLane => ({
  kind: "call",
  state: "passed",
  ...exchange(request, outcome, redact),
  rules: [{ passed: true, text: finding }],
  stored: "Nothing",
});

/** `performed` is null where the profile was read from claims. What the token call knew stays masked in the profile's answer. */
export function profileLane(
  definition: Extract<ResourceDefinition, { level: "user" }>,
  { performed, read }: { performed: Performed | null; read: ReadProfile },
  token: { lane: TestLane; redact: Redactor },
): TestLane {
  const { profile } = definition;
  const isClaimed = profileSourceOf(definition) === "jwt";
  const redact: Redactor = (text) => token.redact(performed ? performed.redact(text) : text);
  const seen = performed ? exchange(performed.request, performed.outcome, redact) : {};
  const where = isClaimed ? `claim ${profile.idClaim}` : profile.idPath;
  if (read.ok) {
    const names = Object.keys(read.profile).join(", ");
    return {
      kind: "profile",
      state: "passed",
      ...seen,
      rules: [{ passed: true, text: `A user id is at ${where}` }],
      stored: `Profile: ${names}`,
    };
  }
  const failed = (problem: LaneProblem): TestLane => ({ kind: "profile", state: "failed", ...seen, rules: [], stored: "Nothing", problem });
  if (performed && !isSuccess(performed.outcome))
    return failed(answerProblem(definition, performed.outcome, token.lane, "profile.request.path", redact));
  const path = isClaimed ? "profile.idClaim" : "profile.idPath";
  return failed({
    kind: "profile",
    message: read.message,
    fix: read.suggestion ? `Use ${read.suggestion}.` : "Look at the answer and correct the path of the user id.",
    action: read.suggestion
      ? { label: `Use ${read.suggestion}`, path, value: read.suggestion }
      : { label: "Go to the path of the user id", path },
  });
}

/** Why a call didn't pass, in one sentence with the next step. */
function answerProblem(
  definition: ResourceDefinition,
  outcome: Outcome | null,
  token: TestLane,
  pathField: string,
  redact: Redactor = (text) => text,
): LaneProblem {
  if (!outcome) return { kind: "not_sent", message: "The call wasn't sent.", fix: "Test again." };
  if (outcome.kind === "failure") {
    const field = outcome.failure === "unbuildable" ? pathField : "request.baseUrl";
    return {
      kind: outcome.failure,
      message: redact(outcome.message),
      fix: outcome.fix,
      action: { label: field === pathField ? "Go to the field" : "Go to API Base URL", path: field },
    };
  }
  const { status } = outcome;
  if (status === 401 || status === 403) return refusedProblem(definition, status, token);
  if (status === 404) {
    return {
      kind: "status",
      message: "The API answered 404: nothing is at this address.",
      fix: "Check the path, the API Base URL and the Required Inputs in it.",
      action: { label: "Go to the path", path: pathField },
    };
  }
  if (status === 429) {
    // In seconds, or as a date, which says no more than "later".
    const wait = outcome.headers.find(([name, value]) => name.toLowerCase() === "retry-after" && /^\d{1,6}$/.test(value))?.[1];
    return {
      kind: "rate_limited",
      message: `The API answered 429: too many calls.${wait ? ` It asks to wait ${wait} s.` : ""}`,
      fix: "Wait, then test again.",
    };
  }
  if (status >= 500)
    return {
      kind: "server_error",
      message: `The API answered ${status}: it failed by itself.`,
      fix: "Try again. Copy redacted report has what its support team needs.",
    };
  if (status >= 300 && status < 400)
    return {
      kind: "status",
      message: `The API answered ${status} and leads elsewhere.`,
      fix: "Set the API Base URL to where it leads.",
      action: { label: "Go to API Base URL", path: "request.baseUrl" },
    };
  return {
    kind: "status",
    message: `The API answered ${status}: it doesn't accept this request.`,
    fix: "Look at the answer: it says what is missing. Then correct the test request.",
    action: { label: "Go to the test request", path: pathField },
  };
}

function refusedProblem(definition: ResourceDefinition, status: number, token: TestLane): LaneProblem {
  const field = { label: "Go to API Authentication", path: "request.authentication.kind" };
  if (status === 403) {
    return {
      kind: "forbidden",
      message: "The API answered 403: it knows who this is, but doesn't allow this call.",
      fix:
        definition.authType === "api_key"
          ? "Use a key with more rights, or another test request."
          : "Ask for a wider Scope, or use another test request.",
      action: field,
    };
  }
  if (definition.authType === "api_key") {
    return {
      kind: "unauthorized",
      message: "The API answered 401: it doesn't accept these keys.",
      fix: "Check the test values, and where API Authentication puts them.",
      action: field,
    };
  }
  if (token.state === "passed") {
    return {
      kind: "unauthorized",
      message: "The API answered 401 although the token is new.",
      fix: "Check API Authentication: the API may expect the token elsewhere, or for another audience or scope.",
      action: field,
    };
  }
  return {
    kind: "unauthorized",
    message: "The API answered 401: the access token isn't valid, and there is no refresh token to renew it.",
    fix: "Add a Refresh Token, or paste a new Access Token.",
  };
}

export function summarizeLanes(lanes: TestLane[]): TestReport {
  return {
    at: new Date().toISOString(),
    passed: lanes.every((lane) => lane.state === "passed" || lane.state === "not_needed"),
    durationMs: lanes.reduce((sum, lane) => sum + (lane.durationMs ?? 0), 0),
    lanes,
  };
}

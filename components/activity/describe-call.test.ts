import { describe, expect, test } from "vitest";
import { formatCurl } from "./call-report.ts";
import type { CallStory, CallSummary } from "./call-words.ts";
import { causeOf, describeCall } from "./describe-call.ts";

const call = (given: Partial<CallStory["row"]> = {}): CallStory["row"] => ({
  id: "1",
  at: "2026-11-25T12:31:07.123456Z",
  kind: "call",
  source: "sdk",
  method: "GET",
  host: "api.example",
  path: "/tasks",
  status: 200,
  failure: null,
  durationMs: 84,
  requestId: null,
  resourceId: "r",
  resourceName: "TaskLab",
  userId: "u",
  userKind: "user",
  externalId: "usr_1",
  userName: "Ines",
  credentialId: null,
  step: null,
  detail: null,
  ...given,
});
const story = (given: Partial<CallStory["row"]>, sameRequest: CallSummary[] = [], cause: string | null = null): CallStory => ({
  row: call(given),
  sameRequest,
  cause,
  run: null,
  delivery: null,
});
const detail = (headers: [string, string][]) => ({
  request: { method: "GET", url: "https://api.example/tasks", headers: [] },
  response: { status: 429, statusText: "Too Many Requests", headers, size: 0 },
});

describe("what happened is said", () => {
  test.each<[Partial<CallStory["row"]>, string, string]>([
    [{}, "success", "TaskLab answered 200 in 84 ms."],
    [{ status: 404 }, "warning", "TaskLab answered 404."],
    [{ status: 503 }, "danger", "TaskLab failed on its side, with 503."],
    [{ status: 429, detail: detail([["retry-after", "12"]]) }, "warning", "TaskLab asked to wait 12 s."],
    [{ status: 429, detail: detail([["Retry-After", "Wed, 25 Nov 2026 12:00:00 GMT"]]) }, "warning", "TaskLab asked to wait."],
    [{ status: 422 }, "warning", "TaskLab didn’t accept the request, with 422."],
    [{ status: null, failure: "reset" }, "danger", "TaskLab gave no answer."],
    [{ kind: "token" }, "success", "A new access token was issued."],
    [{ kind: "token", status: 400, failure: "invalid_grant" }, "warning", "The refresh token isn’t valid any more."],
    [{ kind: "token", status: 200, failure: "no_token" }, "warning", "The answer held no token."],
    [{ kind: "token", status: 418, failure: "refused" }, "warning", "The token call was refused, with 418."],
    [{ kind: "verify" }, "success", "The credential works."],
    [{ kind: "profile" }, "success", "The user profile was read."],
    [{ kind: "connect" }, "success", "Ines connected."],
    [{ kind: "connect", method: "DELETE", status: 204 }, "success", "Ines disconnected."],
    [{ kind: "connect", status: 400 }, "warning", "The connect call was answered 400."],
    [{ resourceName: null, status: 500 }, "danger", "api.example failed on its side, with 500."],
  ])("%o", (given, tone, title) => {
    expect(describeCall(story(given))).toMatchObject({ tone, title });
  });

  test("by the failure itself where one was kept", () => {
    const failure = { kind: "dns", message: "There is no such host.", fix: "Check the API Base URL." };
    expect(describeCall(story({ status: null, failure: "dns", detail: { request: detail([]).request, failure } }))).toEqual({
      tone: "danger",
      title: failure.message,
      text: failure.fix,
    });
  });

  test("with what a 401 after a refresh means", () => {
    const renewed = call({ id: "2", kind: "token" });
    expect(describeCall(story({ status: 401 }, [renewed])).text).toContain("has to connect again");
    expect(describeCall(story({ status: 401 })).text).not.toContain("has to connect again");
  });
});

describe("the cause", () => {
  const refused = call({ id: "2", status: 401 });
  test("of a refresh is the call that was answered 401, or what the timeline says", () => {
    expect(causeOf(story({ kind: "token" }, [refused]))).toEqual({ text: "Refreshed because a call was answered 401", by: refused });
    expect(causeOf(story({ kind: "token", source: "schedule" }, [], "Before its end."))).toEqual({ text: "Before its end" });
    expect(causeOf(story({ kind: "token", source: "schedule" }))).toEqual({ text: "The schedule" });
  });

  test("of a call that needed a refresh names it; of what a connect needs, the connect", () => {
    const token = call({ id: "3", kind: "token" });
    expect(causeOf(story({}, [token]))).toEqual({ text: "A request of the app, by SDK or REST, after a refresh", by: token });
    const connect = call({ id: "4", kind: "connect" });
    expect(causeOf(story({ kind: "profile", source: "connect" }, [connect]))).toEqual({ text: "Needed by the connect call", by: connect });
  });
});

test("a request as a shell line keeps its quotes to itself", () => {
  const request = {
    method: "POST",
    url: "https://api.example/a?b='c'",
    headers: [["X-Note", "it's"]] as [string, string][],
    body: `{"a":"'"}`,
  };
  expect(formatCurl(request)).toBe(
    ["curl -X POST 'https://api.example/a?b='\\''c'\\'''", "-H 'X-Note: it'\\''s'", "--data-raw '{\"a\":\"'\\''\"}'"].join(" \\\n  "),
  );
  expect(formatCurl({ method: "GET", url: "https://api.example/", headers: [] })).toBe("curl 'https://api.example/'");
});

import { expect, test } from "vitest";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { judgeTest } from "./judge-test.ts";

const { test: plain, behaviour } = ResourceDraft.parse({
  test: { request: { path: "/me" } },
  behaviour: { expired: { path: "$.error", equals: "token_expired" } },
});
const strict = { ...plain, expectPath: "$.user" };
const answer = (status: number, body: unknown) =>
  ({
    kind: "answer",
    status,
    headers: [],
    body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
  }) as unknown as Parameters<typeof judgeTest>[1];

test.each([
  ["a 2xx", plain, answer(204, ""), "passed", "204"],
  ["a 2xx with the path, though null is there", strict, answer(200, { user: null }), "passed", "200"],
  ["a 2xx without the path", strict, answer(200, { ok: false }), "path", "200, but nothing is at $.user"],
  ["a 2xx that isn't JSON, where a path must exist", strict, answer(200, "<html>"), "path", "200, but nothing is at $.user"],
  [
    "a 2xx that means expired, with the path",
    strict,
    answer(200, { user: 1, error: "token_expired" }),
    "expired",
    "200 with its sign of an expired token",
  ],
  ["a status that means expired", plain, answer(401, ""), "expired", "401"],
  ["another status", strict, answer(500, { user: 1 }), "status", "500"],
])("%s", (_, rule, given, kind, answered) => {
  expect(judgeTest({ test: rule, behaviour } as Parameters<typeof judgeTest>[0], given)).toEqual({ kind, answered });
});

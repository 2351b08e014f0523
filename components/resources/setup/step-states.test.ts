import { expect, test } from "vitest";
import { emptyDraft, type ResourceDraft } from "#lib/resources/schema.ts";
import type { CurrentProblem } from "./current-problems.ts";
import { stepStates, stepsOf } from "./step-states.ts";

const draft = (changes: Partial<ResourceDraft> = {}): ResourceDraft => ({ ...emptyDraft(), ...changes });
const problem = (changes: Partial<CurrentProblem>): CurrentProblem => ({
  path: "request.baseUrl",
  step: "request-details",
  label: "API Base URL",
  message: "",
  isMissing: false,
  ...changes,
});
const now = { current: "api-info" as const, left: new Set<never>(), lastTest: null };

test("app level has no Authorization step", () => {
  expect(stepsOf({ level: "app" })).toEqual(["api-info", "request-details", "test-and-publish"]);
  expect(stepsOf({ level: "user" })).toHaveLength(4);
});

test("a new draft is one step in progress and the rest to do, without a reproach", () => {
  const missing = [problem({ isMissing: true }), problem({ path: "level", step: "api-info", isMissing: true })];
  expect(stepStates(draft(), missing, now).map(({ state }) => state)).toEqual(["now", "todo", "todo", "todo"]);
});

test("what is missing is said once the step was left", () => {
  const missing = [problem({ isMissing: true })];
  const states = stepStates(draft(), missing, { ...now, left: new Set(["request-details"]) });
  expect(states[2]).toMatchObject({ state: "error", summary: "1 field to fill in" });
});

test("what is wrong is said at once, in words that count", () => {
  const fix = { kind: "add-input", key: "region" } as const;
  expect(stepStates(draft(), [problem({ fix })], now)[2]).toMatchObject({ state: "error", summary: "1 unknown variable" });
  expect(stepStates(draft(), [problem({}), problem({ path: "x" })], now)[2]).toMatchObject({ summary: "2 things to fix" });
});

test("a step is done when it has been begun and nothing stands against it", () => {
  const done = draft({ level: "user", authType: "api_key" });
  expect(stepStates(done, [], { ...now, current: "authorization" })[0]).toMatchObject({ state: "done", summary: "User · API Key" });
  expect(stepStates(draft(), [], { ...now, current: "authorization" })[0]).toMatchObject({ state: "todo" });
});

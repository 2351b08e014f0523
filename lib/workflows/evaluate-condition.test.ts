import { expect, test } from "vitest";
import { evaluateCondition } from "./evaluate-condition.ts";
import type { Rule } from "./schema.ts";

const scope = {
  trigger: { body: { n: 10, text: "9", name: "Ada", tags: ["red", 7], due: "2026-11-26T10:00:00Z", gone: null, empty: "", on: true } },
  steps: { get: { status: 200 } },
};
const holds = (left: string, operator: Rule["operator"], right = "") =>
  evaluateCondition({ groups: [{ rules: [{ left, operator, right }] }] }, scope);

test.each<[string, Rule["operator"], string, boolean]>([
  ["{{trigger.body.n}}", "equals", "10", true],
  ["{{trigger.body.n}}", "equals", "10.0", true],
  ["{{steps.get.status}}", "not_equals", "200", false],
  ["{{trigger.body.name}}", "equals", "ada", false],
  ["{{trigger.body.on}}", "equals", "true", true],
  // As numbers, though one is text: 9 is less than 10.
  ["{{trigger.body.text}}", "less", "{{trigger.body.n}}", true],
  ["{{trigger.body.n}}", "greater", "9", true],
  ["{{trigger.body.due}}", "less", "2026-12-01T00:00:00Z", true],
  ["{{trigger.body.name}}", "contains", "da", true],
  ["{{trigger.body.name}}", "not_contains", "da", false],
  ["{{trigger.body.tags}}", "contains", "7", true],
  ["{{trigger.body.tags}}", "contains", "re", false],
  ["Dear {{trigger.body.name}}", "equals", "Dear Ada", true],
  ["{{trigger.body.name}}", "exists", "", true],
  ["{{trigger.body.gone}}", "exists", "", false],
  ["{{trigger.body.empty}}", "not_exists", "", true],
  ["{{trigger.body.nowhere.at.all}}", "not_exists", "", true],
  // What has no value equals nothing, is neither greater nor less, and holds nothing.
  ["{{trigger.body.nowhere}}", "equals", "10", false],
  ["{{trigger.body.nowhere}}", "not_equals", "10", true],
  ["{{trigger.body.nowhere}}", "less", "10", false],
  ["{{trigger.body.nowhere}}", "greater", "10", false],
  ["{{trigger.body.nowhere}}", "contains", "", false],
])("%s %s %s is %s", (left, operator, right, expected) => {
  expect(holds(left, operator, right)).toBe(expected);
});

test("all rules of one group must hold, of one group of several", () => {
  const yes: Rule = { left: "1", operator: "equals", right: "1" };
  const no: Rule = { left: "1", operator: "equals", right: "2" };
  const of = (...groups: Rule[][]) => evaluateCondition({ groups: groups.map((rules) => ({ rules })) }, scope);
  expect(of([yes, yes])).toBe(true);
  expect(of([yes, no])).toBe(false);
  expect(of([yes, no], [no], [yes])).toBe(true);
  expect(of([no], [no, yes])).toBe(false);
});

test("nothing asked for holds never: an empty condition lets nobody through", () => {
  expect(evaluateCondition({ groups: [] }, scope)).toBe(false);
  expect(evaluateCondition({ groups: [{ rules: [] }] }, scope)).toBe(false);
});

test("a template that can't be read is a mistake to be told, not a no", () => {
  expect(() => holds("{{trigger.body.n | nonsense}}", "equals", "1")).toThrow();
});

import { expect, test } from "vitest";
import type { Step } from "#lib/workflows/schema.ts";
import type { StepTest } from "./editor-types.ts";
import { walkTest } from "./walk-test.ts";

const delay = (id: string): Step => ({ id, name: id, type: "delay", amount: 1, unit: "minutes" });
const steps: Step[] = [
  delay("first"),
  // biome-ignore lint/suspicious/noThenProperty: the name of a branch
  { id: "if", name: "if", type: "condition", groups: [], then: [delay("yes")], else: [delay("no")] },
  { id: "each", name: "each", type: "fan_out", items: "", concurrency: 1, steps: [delay("inside")] },
  delay("last"),
];

/** Answers each step with the value given for it; the rest pass with nothing. */
const tester = (values: Record<string, unknown>, states: Record<string, StepTest["state"]> = {}) => {
  const asked: string[] = [];
  const ask = async (id: string) => {
    asked.push(id);
    const sample = id in values ? { value: values[id], at: "", from: "Test" } : null;
    return { test: { state: states[id] ?? ("passed" as const), summary: "" }, sample };
  };
  return { asked, ask };
};

test.each([
  [{ if: { branch: "then" }, each: [1, 2] }, ["first", "if", "yes", "each", "inside", "last"]],
  [{ if: { branch: "else" }, each: [] }, ["first", "if", "no", "each", "last"]],
])("the path that a run would take: %o", async (values, path) => {
  const { asked, ask } = tester(values);
  expect(await walkTest(steps, new Map(), ask)).toBe(null);
  expect(asked).toEqual(path);
});

test("it ends at the first step that asks, and goes on behind it once that has passed", async () => {
  const values = { if: { branch: "then" }, each: [1] };
  const passed = new Map<string, unknown>();
  const before = tester(values, { inside: "asks" });
  expect(await walkTest(steps, passed, before.ask)).toBe("inside");
  expect(before.asked).toEqual(["first", "if", "yes", "each", "inside"]);
  passed.set("inside", null);
  const after = tester(values);
  expect(await walkTest(steps, passed, after.ask)).toBe(null);
  expect(after.asked, "nothing is sent twice").toEqual(["last"]);
});

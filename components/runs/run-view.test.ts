import { expect, test } from "vitest";
import { listRows, type PathStep, type StepRun } from "./run-view.ts";

const step = (id: string, rest: Partial<PathStep> = {}): PathStep => ({ id, type: "request", kind: "TaskLab Request", label: id, ...rest });
const ran = (stepId: string, ...item: number[]): StepRun => ({
  stepId,
  item,
  itemText: null,
  status: "succeeded",
  result: null,
  attempts: [],
  startedAt: null,
  finishedAt: null,
  until: null,
  input: null,
  output: null,
  failure: null,
});

test("rows follow the cable: of a condition the branch that ran, of a fan out item by item", () => {
  const steps = [
    // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a step
    step("if", { type: "condition", then: [step("each", { type: "fan_out", steps: [step("a"), step("b")] })], else: [step("no")] }),
    step("end"),
  ];
  const stepRuns = [ran("end"), ran("b", 0), ran("a", 10), ran("a", 2), ran("a", 0), ran("each"), ran("if"), ran("b", 2)];
  expect(listRows({ steps, stepRuns }).map(({ key, depth }) => `${key} ${depth}`)).toEqual([
    "if 0",
    "each 0",
    "a/0 1",
    "b/0 1",
    "a/2 1",
    "b/2 1",
    "a/10 1",
    "end 0",
  ]);
});

test("a fan out in a fan out keeps the items of both", () => {
  const steps = [step("outer", { type: "fan_out", steps: [step("inner", { type: "fan_out", steps: [step("a")] })] })];
  const stepRuns = [ran("outer"), ran("inner", 1), ran("inner", 0), ran("a", 1, 0), ran("a", 0, 1), ran("a", 0, 0)];
  expect(listRows({ steps, stepRuns }).map(({ key }) => key)).toEqual(["outer", "inner/0", "a/0/0", "a/0/1", "inner/1", "a/1/0"]);
});

import { expect, test } from "vitest";
import { describeWorkflowChanges } from "./describe-changes.ts";
import type { Step, WorkflowDraft } from "./schema.ts";

const names = {
  resource: (id: string) => (id === "r" ? "TaskLab" : undefined),
  trigger: (id: string) => (id === "t" ? "Task completed" : undefined),
};
const wait = (id: string, amount = 1): Step => ({ id, name: id, type: "delay", amount, unit: "minutes" });
const fan = (id: string, steps: Step[]): Step => ({ id, name: id, type: "fan_out", items: "{{trigger.list}}", concurrency: 5, steps });
const flow = (...steps: Step[]): WorkflowDraft => ({ trigger: { type: "resource", resourceId: "r", triggerId: "t" }, steps });
const changes = (before: WorkflowDraft | null, after: WorkflowDraft) =>
  describeWorkflowChanges(before, after, names).map(({ kind, what, detail }) => [kind, what, detail].filter(Boolean).join(" | "));

test("the first version adds all that is in it", () => {
  expect(changes(null, flow(wait("a"), fan("f", [wait("b")])))).toEqual([
    "added | Trigger | TaskLab Triggers: Task completed",
    "added | Delay a",
    "added | Fan Out f",
    "added | Delay b",
  ]);
});

test("nothing differs from itself", () => {
  expect(changes(flow(wait("a")), flow(wait("a")))).toEqual([]);
});

test("changed fields are told with both values, and steps that are gone come last", () => {
  expect(changes(flow(wait("a"), wait("b")), flow(wait("b", 9)))).toEqual(["changed | Delay b | amount: 1 → 9", "removed | Delay a"]);
});

test("another trigger is told by its words", () => {
  const event: WorkflowDraft = { ...flow(wait("a")), trigger: { type: "event", name: "task.closed", example: "" } };
  expect(changes(flow(wait("a")), event)).toEqual(["changed | Trigger | TaskLab Triggers: Task completed → App Event: task.closed"]);
});

test("of steps in another order the fewest have moved; into another list each has", () => {
  expect(changes(flow(wait("a"), wait("b"), wait("c")), flow(wait("b"), wait("c"), wait("a")))).toEqual(["moved | Delay a"]);
  expect(changes(flow(wait("a"), wait("b")), flow(wait("new"), wait("a"), wait("b")))).toEqual(["added | Delay new"]);
  expect(changes(flow(wait("a"), fan("f", [])), flow(fan("f", [wait("a")])))).toEqual(["moved | Delay a"]);
});

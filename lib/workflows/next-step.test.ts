import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPlaces, type StandingStep } from "./find-places.ts";
import { countUnderWay, firstPlace, locate, nextStep, type Place, type StepResult } from "./next-step.ts";
import type { RunState, Step } from "./schema.ts";

const step = (id: string): Step => ({ id, name: id, type: "function", code: "1" });
const condition = (id: string, then: Step[], otherwise: Step[] = []): Step => ({
  id,
  name: id,
  type: "condition",
  groups: [],
  then,
  else: otherwise,
});
const fanOut = (id: string, concurrency: number, steps: Step[]): Step => ({ id, name: id, type: "fan_out", items: "", concurrency, steps });

type Ran = { order: string[]; most: number; isOver: boolean; state: RunState };

/**
 * Runs a whole tree in memory. `pick`: which of the places under way is done next. At each moment what is kept of the steps alone tells
 * the same places: by that runs go on whose jobs were lost.
 */
function runAll(steps: Step[], results: Record<string, StepResult> = {}, pick: (places: number) => number = () => 0): Ran {
  const first = firstPlace(steps);
  const underWay: Place[] = first ? [first] : [];
  let state: RunState = {};
  let isOver = !first;
  const order: string[] = [];
  const rows = new Map<string, StandingStep>();
  const keep = ({ stepId, item }: Place, status: StandingStep["status"], output?: unknown) =>
    rows.set(`${stepId}@${item}`, { stepId, item, status, output, attempts: 0, until: null });
  const named = (places: Place[]) => places.map(({ stepId, item }) => `${stepId}@${item}`).sort();
  let most = 0;
  while (underWay.length > 0) {
    expect(isOver).toBe(false);
    expect(countUnderWay(state)).toBe(underWay.length);
    expect(named(findPlaces(steps, state, [...rows.values()]))).toEqual(named(underWay));
    most = Math.max(most, underWay.length);
    const [done] = underWay.splice(pick(underWay.length), 1);
    order.push(done!.item ? `${done!.stepId}[${done!.item}]` : done!.stepId);
    const next = nextStep(steps, state, done!, results[done!.stepId] ?? {});
    state = next.state;
    const isFan = locate(steps, done!.stepId)!.step.type === "fan_out";
    keep(done!, isFan ? "running" : "succeeded", { branch: results[done!.stepId]?.branch });
    for (const fan of next.closed) keep(fan, "succeeded");
    underWay.push(...next.start);
    order.push(...next.closed.map(({ stepId, item }) => `end ${stepId}${item ? `[${item}]` : ""}`));
    isOver = next.isOver;
  }
  expect(findPlaces(steps, state, [...rows.values()])).toEqual([]);
  return { order, most, isOver, state };
}

test("a place that waits is told with its time and its next try, and one under way with the try that was made", () => {
  const [ask, wait]: Step[] = [
    { ...step("ask"), type: "request" } as unknown as Step,
    { ...step("wait"), type: "delay" } as unknown as Step,
  ];
  const until = new Date();
  const row = { item: "", output: null, until, attempts: 2 };
  const at = (one: Step, status: StandingStep["status"]) => findPlaces([one], {}, [{ ...row, stepId: one.id, status }])[0];
  expect(at(ask!, "waiting")).toEqual({ stepId: "ask", item: "", until, attempt: 3, resumed: false });
  expect(at(ask!, "running")).toEqual({ stepId: "ask", item: "", until: null, attempt: 2, resumed: false });
  expect(at(wait!, "waiting")).toEqual({ stepId: "wait", item: "", until, attempt: 1, resumed: true });
});

test("steps follow each other, and the last one ends the run", () => {
  expect(runAll([step("a"), step("b"), step("c")])).toMatchObject({ order: ["a", "b", "c"], isOver: true });
  expect(runAll([])).toMatchObject({ order: [], isOver: true });
});

test("of a condition one branch runs, then what is below it", () => {
  const steps = [condition("if", [step("a"), step("b")], [step("c")]), step("d")];
  expect(runAll(steps, { if: { branch: "then" } }).order).toEqual(["if", "a", "b", "d"]);
  expect(runAll(steps, { if: { branch: "else" } }).order).toEqual(["if", "c", "d"]);
});

test("an empty branch is passed over, also at the end of everything", () => {
  expect(runAll([condition("if", [step("a")]), step("b")], { if: { branch: "else" } }).order).toEqual(["if", "b"]);
  expect(runAll([condition("if", [])], { if: { branch: "then" } })).toMatchObject({ order: ["if"], isOver: true });
  const nested = [condition("if", [condition("inner", [], [])]), step("z")];
  expect(runAll(nested, { if: { branch: "then" }, inner: { branch: "then" } }).order).toEqual(["if", "inner", "z"]);
});

describe("a fan out", () => {
  const steps = [fanOut("each", 2, [step("a"), step("b")]), step("z")];

  test("runs its steps once for each item, at most so many items at a time, and goes on when all are done", () => {
    const { order, most } = runAll(steps, { each: { total: 5 } });
    expect(most).toBe(2);
    expect(order.filter((one) => one.startsWith("a"))).toEqual(["a[0]", "a[1]", "a[2]", "a[3]", "a[4]"]);
    expect(order.filter((one) => one.startsWith("b"))).toHaveLength(5);
    expect(order.slice(-2)).toEqual(["end each", "z"]);
  });

  test("waits for its slowest item", () => {
    const { order } = runAll([fanOut("each", 3, [step("a")]), step("z")], { each: { total: 3 } }, (places) => places - 1);
    expect(order).toEqual(["each", "a[2]", "a[1]", "a[0]", "end each", "z"]);
  });

  test("without an item, or without a step, is over at once", () => {
    expect(runAll(steps, { each: { total: 0 } }).order).toEqual(["each", "end each", "z"]);
    expect(runAll([fanOut("each", 2, [])], { each: { total: 9 } })).toMatchObject({ order: ["each", "end each"], isOver: true });
  });

  test("in a fan out keeps the items of each apart", () => {
    const nested = [fanOut("outer", 2, [fanOut("inner", 2, [step("a")]), step("b")]), step("z")];
    const { order, isOver, state } = runAll(nested, { outer: { total: 2 }, inner: { total: 3 } });
    expect(order.filter((one) => one.startsWith("a")).sort()).toEqual(["a[0.0]", "a[0.1]", "a[0.2]", "a[1.0]", "a[1.1]", "a[1.2]"]);
    expect(order.indexOf("end inner[0]")).toBeLessThan(order.indexOf("b[0]"));
    expect(order.at(-1)).toBe("z");
    expect([isOver, state.fans]).toEqual([true, {}]);
  });

  test("in a branch, last of all, ends the run through both", () => {
    const nested = [condition("if", [fanOut("each", 1, [condition("inner", [step("a")])])])];
    const { order, isOver } = runAll(nested, { if: { branch: "then" }, each: { total: 2 }, inner: { branch: "then" } });
    expect(order).toEqual(["if", "each", "inner[0]", "a[0]", "inner[1]", "a[1]", "end each"]);
    expect(isOver).toBe(true);
  });
});

test("a step that isn't there, or a fan out that isn't under way, is a fault of ours", () => {
  expect(() => nextStep([step("a")], {}, { stepId: "x", item: "" }, {})).toThrow(/not in this workflow/);
  expect(() => nextStep([fanOut("each", 1, [step("a")])], {}, { stepId: "a", item: "0" }, {})).toThrow(/not under way/);
});

test("whatever the tree and whatever is done first: every step that is reached runs once for each item, and the run ends once", () => {
  let made = 0;
  const id = () => `s${made++}`;
  const tree: fc.Memo<Step[]> = fc.memo((depth) => {
    const leaf = fc.constant(null).map(() => step(id()));
    if (depth <= 1) return fc.array(leaf, { maxLength: 3 });
    const inner = tree(depth - 1);
    return fc.array(
      fc.oneof(
        leaf,
        fc.tuple(inner, inner).map(([then, otherwise]) => condition(id(), then, otherwise)),
        fc.tuple(fc.integer({ min: 1, max: 3 }), inner).map(([atOnce, steps]) => fanOut(id(), atOnce, steps)),
      ),
      { maxLength: 3 },
    );
  });
  fc.assert(
    fc.property(tree(3), fc.infiniteStream(fc.nat({ max: 1_000 })), fc.integer({ min: 0, max: 3 }), (steps, order, total) => {
      const branchOf = (stepId: string) => (stepId.length % 2 ? "then" : "else");
      const results: Record<string, StepResult> = new Proxy({}, { get: (_, key) => ({ branch: branchOf(String(key)), total }) });
      const expected = (list: Step[], times: number): number =>
        list.reduce((count, one) => {
          if (one.type === "condition") return count + times + expected(one[branchOf(one.id)], times);
          if (one.type === "fan_out") return count + times + expected(one.steps, times * total);
          return count + times;
        }, 0);
      const ran = runAll(steps, results, (places) => (order.next().value as number) % places);
      const begun = ran.order.filter((one) => !one.startsWith("end "));
      expect(new Set(begun).size).toBe(begun.length);
      expect(begun).toHaveLength(expected(steps, 1));
      expect(ran.isOver).toBe(true);
      expect(Object.keys(ran.state.fans ?? {})).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

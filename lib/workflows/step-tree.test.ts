import { expect, test } from "vitest";
import {
  copyStep,
  fansAround,
  findStep,
  freeName,
  insertStep,
  listSteps,
  moveStep,
  neighbourPlace,
  placeOf,
  removeStep,
  renameStep,
  replaceStep,
  stepsBefore,
  type TreeStep,
} from "./step-tree.ts";

type S = TreeStep & { text?: string; then?: S[]; else?: S[]; steps?: S[] };
const step = (id: string, more: Partial<S> = {}): S => ({ id, name: id, type: "request", ...more });
const ids = (steps: readonly S[]) =>
  listSteps(steps)
    .map(({ id }) => id)
    .join(" ");

/** a, then a condition with (b, fan(c, d)) and (e), then f. */
const tree: S[] = [
  step("a"),
  step("if", {
    type: "condition",
    // biome-ignore lint/suspicious/noThenProperty: the name of a branch
    then: [step("b"), step("fan", { type: "fan_out", steps: [step("c"), step("d")] })],
    else: [step("e")],
  }),
  step("f"),
];

test("steps are listed in the order of the cable", () => {
  expect(ids(tree)).toBe("a if b fan c d e f");
  expect(placeOf(tree, "d")).toEqual({ parent: "fan", branch: "steps", index: 1 });
  expect(placeOf(tree, "f")).toEqual({ parent: null, branch: null, index: 2 });
  expect(placeOf(tree, "x")).toBeNull();
});

test("a step goes in at any place of the tree, and what isn't touched stays the same", () => {
  expect(ids(insertStep(tree, step("new"), { parent: null, branch: null, index: 1 }))).toBe("a new if b fan c d e f");
  expect(ids(insertStep(tree, step("new"), { parent: "fan", branch: "steps", index: 1 }))).toBe("a if b fan c new d e f");
  const changed = insertStep(tree, step("new"), { parent: "if", branch: "else", index: 1 });
  expect(ids(changed)).toBe("a if b fan c d e new f");
  expect(changed[0]).toBe(tree[0]);
  expect(changed[2]).toBe(tree[2]);
  expect(insertStep(tree, step("new"), { parent: "gone", branch: "then", index: 0 })).toBe(tree);
});

test("taking a step out takes what is in it", () => {
  expect(ids(removeStep(tree, "fan"))).toBe("a if b e f");
  expect(ids(removeStep(tree, "if"))).toBe("a f");
  expect(removeStep(tree, "gone")).toBe(tree);
});

test("a step moves within its list, into a branch and out of it, and never into itself", () => {
  expect(ids(moveStep(tree, "f", { parent: null, branch: null, index: 0 }))).toBe("f a if b fan c d e");
  expect(ids(moveStep(tree, "a", { parent: null, branch: null, index: 3 }))).toBe("if b fan c d e f a");
  expect(ids(moveStep(tree, "c", { parent: null, branch: null, index: 3 }))).toBe("a if b fan d e f c");
  expect(ids(moveStep(tree, "a", { parent: "fan", branch: "steps", index: 2 }))).toBe("if b fan c d a e f");
  expect(moveStep(tree, "fan", { parent: "fan", branch: "steps", index: 0 })).toBe(tree);
  expect(moveStep(tree, "if", { parent: "fan", branch: "steps", index: 0 })).toBe(tree);
  expect(moveStep(tree, "a", { parent: null, branch: null, index: 1 })).toBe(tree);
});

test("up and down end where the list ends", () => {
  expect(neighbourPlace(tree, "a", -1)).toBeNull();
  expect(neighbourPlace(tree, "f", 1)).toBeNull();
  const down = neighbourPlace(tree, "c", 1)!;
  expect(ids(moveStep(tree, "c", down))).toBe("a if b fan d c e f");
  const up = neighbourPlace(tree, "f", -1)!;
  expect(ids(moveStep(tree, "f", up))).toBe("a f if b fan c d e");
});

test("a step reads those that have run before it: not its own branch's other side, and nothing that is inside another fan out", () => {
  const before = (id: string) => stepsBefore(tree, id).map((each) => each.id);
  expect(before("a")).toEqual([]);
  expect(before("if")).toEqual(["a"]);
  expect(before("d")).toEqual(["a", "b", "c"]);
  expect(before("e")).toEqual(["a"]);
  expect(before("f")).toEqual(["a", "if", "b", "fan", "e"]);
  expect(fansAround(tree, "d").map(({ id }) => id)).toEqual(["fan"]);
  expect(fansAround(tree, "f")).toEqual([]);
});

test("a new name reaches every template that reads the step, and no other text", () => {
  const reading: S[] = [
    step("get"),
    step("get_more", {
      text: 'Hi {{steps.get.body.name | default: steps.get.body.id}} and {{ steps.get }}, {{steps.get_more.x}} steps.get.body {{"steps.get.b"}}',
    }),
  ];
  const [first, second] = renameStep(reading, "get", "fetch");
  expect(first!.name).toBe("fetch");
  expect(second!.text).toBe(
    'Hi {{steps.fetch.body.name | default: steps.fetch.body.id}} and {{ steps.fetch }}, {{steps.get_more.x}} steps.get.body {{"steps.get.b"}}',
  );
  expect(renameStep(reading, "get", "get")).toBe(reading);
});

test("a copy has ids and names of its own, and its inside reads the copy", () => {
  const original = step("loop", {
    type: "fan_out",
    steps: [step("get"), step("put", { text: "{{steps.get.body}} {{steps.first.body}}" })],
  });
  let n = 0;
  const copy = copyStep(original, ["loop", "get", "put", "first"], () => `id-${++n}`);
  expect(listSteps([copy]).map(({ name }) => name)).toEqual(["loop_2", "get_2", "put_2"]);
  expect(new Set(listSteps([copy]).map(({ id }) => id)).size).toBe(3);
  expect(copy.steps![1]!.text).toBe("{{steps.get_2.body}} {{steps.first.body}}");
  expect(freeName(["a", "a_2"], "a")).toBe("a_3");
});

test("a replaced step keeps its place", () => {
  const next = replaceStep(tree, step("c", { text: "new" }));
  expect(findStep(next, "c")!.text).toBe("new");
  expect(ids(next)).toBe(ids(tree));
});

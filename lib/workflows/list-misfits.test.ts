import { describe, expect, test } from "vitest";
import { listMisfits } from "./list-misfits.ts";

const example = { task: { id: "tsk_1", done: false, points: 3, parent: null }, watchers: [{ id: "u_1" }], "a key": "x" };

test("what is like the example fits, and may have more", () => {
  const value = { task: { id: "", done: true, points: 0.5, parent: { id: 1 } }, watchers: [], "a key": "", more: 1 };
  expect(listMisfits(example, value)).toEqual([]);
});

describe("what doesn't fit is told by its place", () => {
  test.each([
    ["another kind of value", { ...example, task: { ...example.task, id: 7 } }, "$.task.id", "It is a number; the example has text there."],
    ["null where something is expected", { ...example, task: null }, "$.task", "It is null; the example has an object there."],
    ["a list where an object is expected", { ...example, task: [] }, "$.task", "It is a list; the example has an object there."],
    [
      "an item deep in a list",
      { ...example, watchers: [{ id: "a" }, { id: 2 }] },
      "$.watchers[1].id",
      "It is a number; the example has text there.",
    ],
    ["a key that is missing", { ...example, "a key": undefined }, '$["a key"]', "It is nothing; the example has text there."],
  ])("%s", (_, value, path, message) => {
    expect(listMisfits(example, value)).toEqual([{ path, message }]);
  });

  test("with the key that was meant, where one is near", () => {
    const { watchers, ...rest } = example;
    expect(listMisfits(example, { ...rest, watcher: watchers })).toEqual([
      { path: "$.watchers", message: "It is missing; there is “watcher” instead." },
    ]);
  });
});

test("inherited names aren't keys of a payload", () => {
  expect(listMisfits({ constructor: "x" }, {})).toEqual([{ path: "$.constructor", message: "It is missing." }]);
});

test("of many, the first eight are told", () => {
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`key${n}`, "text"]));
  expect(listMisfits(wide, {})).toHaveLength(8);
});

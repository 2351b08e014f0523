import { expect, test } from "vitest";
import { sampleVariables } from "./sample-variables.ts";

const shown = (sample: unknown) => sampleVariables("trigger", sample).map(({ name, sample: text }) => `${name} = ${text}`);

test("a sample's fields are named as templates name them, with their values", () => {
  expect(shown({ task: { id: "tsk_1", done: true }, watchers: [{ id: 7 }], "odd key": null })).toEqual([
    "trigger = { task, watchers, odd key }",
    "trigger.task = { id, done }",
    "trigger.watchers = 1 item",
    'trigger["odd key"] = null',
    "trigger.task.id = tsk_1",
    "trigger.task.done = true",
    "trigger.watchers[0] = { id }",
    "trigger.watchers[0].id = 7",
  ]);
});

test("what has fields may hold others another time; without a sample everything may", () => {
  const open = sampleVariables("trigger", { a: { b: 1 } }).filter((variable) => variable.open);
  expect(open.map(({ name }) => name)).toEqual(["trigger", "trigger.a"]);
  expect(sampleVariables("trigger", undefined)).toEqual([{ name: "trigger", secret: false, open: true, sample: undefined }]);
});

test("a huge sample stays a short list, the top of it first", () => {
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, { deep: n }]));
  const variables = sampleVariables("trigger", wide);
  expect(variables.length).toBeLessThanOrEqual(150);
  expect(variables[1]!.name).toBe("trigger.k0");
  const deep = sampleVariables("trigger", { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } });
  expect(Math.max(...deep.map(({ name }) => name.split(".").length))).toBeLessThanOrEqual(5);
  expect(sampleVariables("t", "x".repeat(500))[0]!.sample).toHaveLength(81);
});

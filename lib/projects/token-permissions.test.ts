import { describe, expect, test } from "vitest";
import { describePermissions, isPermissions, type Operation, permits } from "./token-permissions.ts";

const TASKLAB = { id: "0f6b2c0e-6f0e-4c59-9d6e-0d8a4a1b7c11", names: ["TaskLab", "Old Lab"] };
const may = (claim: unknown) => (["see", "connect", "call"] as Operation[]).filter((operation) => permits(claim, TASKLAB, operation));
const ALL = ["see", "connect", "call"];

describe("a token may", () => {
  test.each<[string, unknown, string[]]>([
    ["everything without the claim", undefined, ALL],
    ["everything by *", { "integration:*": true }, ALL],
    ["everything by name, in any case", { "integration:TASKLAB": true }, ALL],
    ["everything by an old name", { "integration:old lab": true }, ALL],
    ["everything by id", { [`integration:${TASKLAB.id}`]: true }, ALL],
    ["everything by our short form", ["TaskLab"], ALL],
    ["everything by the id in our short form", [TASKLAB.id], ALL],
    ["everything written as JSON text", '{"integration:TaskLab":true}', ALL],
    ["connect", { "integration:TaskLab": { "credential:*": ["credential:write"] } }, ["see", "connect"]],
    ["call", { "integration:TaskLab": { "credential:*": ["proxy:write"] } }, ["see", "call"]],
    ["use one credential", { "integration:TaskLab": { [`credential:${TASKLAB.id}`]: true } }, ALL],
    ["nothing where its own scope says no", { "integration:*": true, "integration:TaskLab": false }, []],
    ["nothing where only others are named", { "integration:Corvid": true }, []],
    ["nothing with an empty claim", {}, []],
    ["nothing with an empty list", [], []],
    ["nothing by a scope of something else", { "configuration:*": true }, []],
    ["nothing by words that aren't true", { "integration:*": "true" }, []],
    ["nothing by a name that every object has", { "integration:constructor": true }, []],
    ["nothing by a claim of another form", 7, []],
  ])("%s", (_, claim, expected) => expect(may(claim)).toEqual(expected));
});

test("other forms are told from the claim's own", () => {
  expect([{}, [], ["a"], '{"a":1}'].map(isPermissions)).toEqual([true, true, true, true]);
  expect([7, true, null, "everything", [1], "{broken"].map(isPermissions)).toEqual([false, false, false, false, false, false]);
});

test("the token doctor's words", () => {
  expect(describePermissions({ "integration:*": true, "integration:TaskLab": ["credential:write"] })).toBe(
    "Only every resource, TaskLab (see, connect)",
  );
  expect(describePermissions([])).toBe("No resource");
});

import { expect, test } from "vitest";
import { filterVariables, findQuery, insertionOf } from "./variable-query.ts";

/** `|` is the caret. */
const find = (marked: string) => findQuery(marked.replace("|", ""), marked.indexOf("|"));

test.each([
  ["https://{{|", { start: 8, end: 10, text: "" }],
  ["{{in|", { start: 0, end: 4, text: "in" }],
  ["{{ inputs.te|", { start: 0, end: 12, text: "inputs.te" }],
  // The rest of the same name goes with it, but never what merely follows.
  ["{{inputs.te|nant}}/x", { start: 0, end: 17, text: "inputs.te" }],
  ["https://{{|api.example.com", { start: 8, end: 10, text: "" }],
  ["{{a}}{{b|}}", { start: 5, end: 10, text: "b" }],
])("the menu is open at %s", (marked, expected) => {
  expect(find(marked)).toEqual(expected);
});

test.each(["{{inputs.tenant}}|", "|{{inputs.tenant}}", "{|{", "plain|", "{{inputs.tenant | up|", '{{"a|'])(
  "it is closed at %s",
  (marked) => {
    const at = marked.lastIndexOf("|");
    expect(findQuery(marked.slice(0, at) + marked.slice(at + 1), at)).toBeNull();
  },
);

test("typing finds a variable by its name and by what it is called", () => {
  const known = [
    { name: "inputs.tenant", description: "Company", secret: false },
    { name: "credentials.access_token", secret: true },
  ];
  expect(filterVariables(known, "TEN").map(({ name }) => name)).toEqual(["inputs.tenant"]);
  expect(filterVariables(known, "company").map(({ name }) => name)).toEqual(["inputs.tenant"]);
  expect(filterVariables(known, "")).toHaveLength(2);
});

test("below an open variable the caret waits for the name", () => {
  expect(insertionOf({ name: "user.metadata", secret: false, open: true })).toEqual({ text: "{{user.metadata.}}", caret: 16 });
  expect(insertionOf({ name: "user.id", secret: false })).toEqual({ text: "{{user.id}}", caret: 11 });
});

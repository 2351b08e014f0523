import { expect, test } from "vitest";
import { findValueProblem } from "./find-value-problem.ts";

const asked = (example: string | undefined, required = true) => ({ name: "page", required, example });

test.each([
  [asked("1"), undefined, "It is missing."],
  [asked("1"), "", "It is missing."],
  [asked("1", false), undefined, null],
  [asked("1", false), "two", "It must be a number, as the example is."],
  [asked("1"), "-2.5", null],
  [asked("1"), "1e9", "It must be a number, as the example is."],
  [asked("true"), "false", null],
  [asked("true"), "1", "It must be true or false, as the example is."],
  [asked("open"), "42", null],
  [asked(undefined), "anything", null],
  [asked("2024-01-01"), "yesterday", null],
])("%o asked, %o sent: %o", (want, value, problem) => {
  expect(findValueProblem(want, value)).toBe(problem);
});

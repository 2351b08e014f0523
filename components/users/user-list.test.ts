import { expect, test } from "vitest";
import type { BulkProgress } from "#lib/users/schema.ts";
import { countOf, credentialsOf, resultOf } from "./user-list.ts";

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const task = (given: Partial<BulkProgress>): BulkProgress => ({
  id: id(9),
  kind: "refresh",
  state: "running",
  total: 3,
  done: 1,
  failed: 0,
  failures: [],
  cursor: id(1),
  userIds: [id(1), id(2), id(3)],
  ...given,
});

test("each row says what became of it: done up to the last user, waiting after", () => {
  expect([1, 2, 4].map((n) => resultOf(task({}), id(n))?.text)).toEqual(["Refreshed", "Waiting", undefined]);
  expect(resultOf(task({ cursor: null, done: 0 }), id(1))?.text).toBe("Waiting");
  expect(resultOf(task({ state: "stopped" }), id(2))?.text).toBe("Not done");
  expect(resultOf(task({ state: "done", cursor: id(3) }), id(2))?.state).toBe("done");
  expect(resultOf(task({ userIds: null }), id(4))?.text).toBe("Waiting");
});

test("a failure is told with its reason, and what isn't known isn't told", () => {
  const failures = [{ id: id(1), message: "TaskLab: access revoked." }];
  expect(resultOf(task({ failed: 1, failures }), id(1))).toEqual({ state: "failed", text: "TaskLab: access revoked." });
  expect(resultOf(task({ failed: 2, failures, cursor: id(2) }), id(2)), "one of them failed, but not which").toBeNull();
});

test("numbers and names, not some", () => {
  expect([countOf(1), countOf(48), countOf(null)]).toEqual(["1 user", "48 users", "More than 1,000 users"]);
  expect(credentialsOf({ status: "INVALID" }, "TaskLab")).toBe("invalid TaskLab credentials");
  expect(credentialsOf({ status: null }, null)).toBe("credentials");
});

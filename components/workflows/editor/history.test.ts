import { expect, test } from "vitest";
import { addChange, redo, startHistory, undo } from "./history.ts";

test("what was changed is undone and redone in its order", () => {
  let history = startHistory("a");
  history = addChange(history, "b", 0);
  history = addChange(history, "c", 1);
  expect(undo(history).present).toBe("b");
  expect(undo(undo(history)).present).toBe("a");
  expect(redo(undo(history)).present).toBe("c");
  expect(undo(startHistory("a")).present).toBe("a");
  expect(redo(history)).toBe(history);
});

test("typing in one field is one change until there is a pause or another field", () => {
  let history = startHistory("");
  history = addChange(history, "h", 0, "step-1");
  history = addChange(history, "he", 200, "step-1");
  history = addChange(history, "hey", 1_600, "step-1");
  expect(undo(history).present).toBe("");
  history = addChange(history, "hey!", 9_000, "step-1");
  expect(undo(history).present).toBe("hey");
  history = addChange(history, "hey! you", 9_100, "step-2");
  expect(undo(history).present).toBe("hey!");
});

test("a change after an undo leaves nothing to redo, and typing begins a change of its own", () => {
  let history = addChange(startHistory("a"), "b", 0, "step");
  history = undo(history);
  history = addChange(history, "c", 10, "step");
  expect(redo(history).present).toBe("c");
  expect(undo(history).present).toBe("a");
});

test("the same value is no change", () => {
  const history = addChange(startHistory("a"), "b", 0);
  expect(addChange(history, "b", 1)).toBe(history);
});

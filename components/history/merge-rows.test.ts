import { expect, test } from "vitest";
import { addTail, mergeRows, NO_TAIL, tailFrom, tailToPage } from "./merge-rows.ts";

const at = (second: number, micros = 0) => `2026-11-25T12:00:${String(second).padStart(2, "0")}.${String(micros).padStart(6, "0")}Z`;
const row = (id: string, second: number, micros = 0, status = "done") => ({ id, at: at(second, micros), status });
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join("");

test("rows stand once and newest first, also one that comes late, and two of one millisecond", () => {
  const known = [row("d", 8), row("b", 4)];
  expect(idsOf(mergeRows([row("e", 9), row("d", 8), row("c", 5)], known))).toBe("edcb");
  expect(idsOf(mergeRows([row("y", 8, 2), row("x", 8, 1)], known))).toBe("yxdb");
  expect(idsOf(mergeRows([row("a", 8)], known))).toBe("dab");
});

test("a tail grows by what comes, and has listed rows as they stand now", () => {
  const listed = [row("b", 4, 0, "open"), row("a", 2)];
  const first = addTail(NO_TAIL, { fresh: { rows: [row("c", 5), row("b", 4, 0, "open")], next: null } }, listed);
  const second = addTail(first, { fresh: { rows: [row("d", 6), row("c", 5)], next: null }, again: [row("b", 4)] }, listed);
  expect(second).toEqual({ rows: [row("d", 6), row("c", 5), row("b", 4)], isGap: false });
  expect(mergeRows(second.rows, listed)).toEqual([row("d", 6), row("c", 5), row("b", 4), row("a", 2)]);
});

test("a full answer is a gap only when it doesn't reach back to what is known", () => {
  const full = { rows: [row("f", 9), row("e", 7)], next: row("e", 7) };
  expect(addTail(NO_TAIL, { fresh: full }, [row("d", 8)]).isGap).toBe(false);
  const torn = addTail(NO_TAIL, { fresh: full }, [row("d", 4)]);
  expect(torn.isGap).toBe(true);
  expect(addTail(torn, { fresh: { rows: [], next: null } }, [row("d", 4)]).isGap, "and stays one").toBe(true);
  expect(tailToPage(torn)).toEqual({ rows: full.rows, next: { id: "e", at: at(7) } });
});

test("a tail that nobody looks at doesn't fill the browser, and forgets no change of what is listed", () => {
  const many = Array.from({ length: 600 }, (_, index) => row(`n${index}`, 10, 600 - index));
  const tail = addTail(NO_TAIL, { fresh: { rows: many, next: null }, again: [row("b", 4)] }, [row("b", 4, 0, "open")]);
  expect(tail.rows).toHaveLength(501);
  expect(tail.rows.at(-1)).toEqual(row("b", 4));
  expect(tail.isGap).toBe(true);
  expect(tailToPage(tail).rows).toHaveLength(50);
});

test("a tail asks from a little before the newest row", () => {
  expect(tailFrom(at(10, 123_456), 0)).toBe("2026-11-25T12:00:05.123000Z");
  expect(tailFrom(undefined, Date.parse(at(10)))).toBe("2026-11-25T12:00:05.000000Z");
});

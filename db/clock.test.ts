import { describe, expect, test } from "vitest";
import { correctOffset } from "./clock.ts";

describe("how far the database's clock is ahead", () => {
  test("a slow answer doesn't part two clocks that agree", () => {
    expect(correctOffset(0, { asked: 1_000, read: 1_900, answered: 1_910 })).toBe(0);
    expect(correctOffset(0, { asked: 1_000, read: 1_000, answered: 3_000 })).toBe(0);
    expect(correctOffset(300_000, { asked: 1_000, read: 301_950, answered: 2_000 })).toBe(300_000);
  });

  test("a clock that can't be right is set as near as it may be", () => {
    expect(correctOffset(0, { asked: 1_000, read: 301_005, answered: 1_010 })).toBe(299_995);
    expect(correctOffset(0, { asked: 301_000, read: 1_005, answered: 301_010 })).toBe(-299_995);
    expect(correctOffset(299_990, { asked: 1_000, read: 301_005, answered: 1_006 })).toBe(299_999);
  });
});

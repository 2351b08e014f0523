import { describe, expect, it } from "vitest";
import { fillHours, formatSuccess, resourceStatus, sumOfCalls } from "./resource-status.ts";

describe("the status of a resource", () => {
  it("is Draft until it is published, whatever its calls", () => {
    expect(resourceStatus(null, { calls: 500, failed: 500 })).toBe("draft");
  });

  it.each([
    [{ calls: 0, failed: 0 }, "live"],
    [{ calls: 19, failed: 19 }, "live"],
    [{ calls: 20, failed: 20 }, "failing"],
    [{ calls: 100, failed: 2 }, "live"],
    [{ calls: 1000, failed: 21 }, "degraded"],
    [{ calls: 100, failed: 20 }, "degraded"],
    [{ calls: 1000, failed: 201 }, "failing"],
  ] as const)("of %o is %s", (count, expected) => {
    expect(resourceStatus(1, count)).toBe(expected);
  });
});

describe("the success figure", () => {
  it("says 100 % only when nothing failed", () => {
    expect(formatSuccess({ calls: 100_000, failed: 1 })).toBe("99.9 %");
    expect(formatSuccess({ calls: 100_000, failed: 0 })).toBe("100 %");
  });

  it("is absent without calls, and 0 % when all failed", () => {
    expect(formatSuccess({ calls: 0, failed: 0 })).toBeNull();
    expect(formatSuccess({ calls: 3, failed: 3 })).toBe("0 %");
  });
});

it("a day has 24 hours, the present one last, and loses no call", () => {
  const now = new Date("2026-11-18T12:31:00Z");
  const at = (hour: string) => new Date(`2026-11-${hour}:00:00Z`);
  const hours = fillHours(
    [
      { bucket: at("17T13"), calls: 3, failed: 1 },
      { bucket: at("18T12"), calls: 5, failed: 0 },
    ],
    now,
  );
  expect(hours).toHaveLength(24);
  expect(hours[0]).toEqual({ calls: 3, failed: 1 });
  expect(hours[23]).toEqual({ calls: 5, failed: 0 });
  expect(sumOfCalls(hours)).toEqual({ calls: 8, failed: 1 });
});

import { describe, expect, test } from "vitest";
import { findScheduleProblem, latestTick, nextTick, type Schedule } from "./read-schedule.ts";

const berlin = "Europe/Berlin";

function ticks(schedule: Schedule, from: string, count: number): string[] {
  const found: string[] = [];
  for (let at = nextTick(schedule, new Date(from)); at && found.length < count; at = nextTick(schedule, at)) found.push(at.toISOString());
  return found;
}

test("a sixth field, first, is seconds", () => {
  expect(ticks({ cron: "*/20 * * * * *", zone: "UTC" }, "2026-11-25T10:00:00.500Z", 3)).toEqual([
    "2026-11-25T10:00:20.000Z",
    "2026-11-25T10:00:40.000Z",
    "2026-11-25T10:01:00.000Z",
  ]);
});

test("the zone decides what nine o'clock is, in summer and in winter", () => {
  expect(ticks({ cron: "0 9 * * *", zone: berlin }, "2026-10-24T00:00:00Z", 2)).toEqual([
    "2026-10-24T07:00:00.000Z",
    "2026-10-25T08:00:00.000Z",
  ]);
});

describe("where clocks change", () => {
  test("a time that is left out counts as the moment after", () => {
    expect(ticks({ cron: "30 2 * * *", zone: berlin }, "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("a fixed time that comes twice counts once", () => {
    expect(ticks({ cron: "30 2 * * *", zone: berlin }, "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  test("an interval goes on through both hours", () => {
    expect(ticks({ cron: "*/30 * * * *", zone: berlin }, "2026-10-25T00:00:00Z", 4).map((at) => at.slice(11, 16))).toEqual([
      "00:30",
      "01:00",
      "01:30",
      "02:00",
    ]);
  });
});

test("the latest of several missed ticks is the one up to now, now included", () => {
  const schedule = { cron: "*/10 * * * *", zone: "UTC" };
  expect(latestTick(schedule, new Date("2026-11-25T10:34:00Z"))).toEqual(new Date("2026-11-25T10:30:00Z"));
  expect(latestTick(schedule, new Date("2026-11-25T10:30:00Z"))).toEqual(new Date("2026-11-25T10:30:00Z"));
});

test.each([
  ["* * *", "UTC", "cron", "five fields"],
  ["61 * * * *", "UTC", "cron", "61"],
  ["0 0 30 2 *", "UTC", "cron", "never comes"],
  ["? * * * *", "UTC", "cron", "five fields"],
  ["2027-01-01T00:00:00", "UTC", "cron", "five fields"],
  ["* * * * * * 2027", "UTC", "cron", "five fields"],
  ["* * * * *", "Mars/Olympus", "zone", "Europe/Berlin"],
  ["* * * * *", "+02:00", "zone", "Europe/Berlin"],
  ["* * * * *", "", "zone", "Europe/Berlin"],
])("%s in %s is refused with a fix", (cron, zone, field, words) => {
  const problem = findScheduleProblem({ cron, zone }, new Date("2026-11-25T10:00:00Z"));
  expect(problem).toMatchObject({ field, message: expect.stringContaining(words) });
});

test.each(["* * * * *", "0 */5 8-18 * * 1-5", "@daily", "0 0 L * *"])("%s is taken", (cron) => {
  expect(findScheduleProblem({ cron, zone: berlin }, new Date("2026-11-25T10:00:00Z"))).toBeNull();
});

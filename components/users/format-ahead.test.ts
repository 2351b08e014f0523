import { expect, test } from "vitest";
import { formatAhead, formatMoment, formatTimelineDay } from "./format-ahead.ts";

const now = new Date("2026-11-25T12:31:00Z");
const at = (text: string) => new Date(text);

test.each([
  ["2026-11-25T12:31:20Z", "in less than a minute"],
  ["2026-11-25T13:14:00Z", "in 43 min"],
  ["2026-11-25T15:32:00Z", "in 3 h"],
  ["2026-11-26T09:00:00Z", "tomorrow"],
  ["2026-12-18T09:00:00Z", "on 18 Dec"],
  ["2026-11-25T12:27:00Z", "4 min ago"],
  ["2026-11-25T12:30:50Z", "just now"],
])("%s is %s", (date, expected) => {
  expect(formatAhead(at(date), now, "UTC")).toBe(expected);
});

test("a moment of today is told from now, another with its day", () => {
  expect(formatMoment(at("2026-11-25T13:14:00Z"), now, "UTC")).toBe("13:14, in 43 min");
  expect(formatMoment(at("2026-03-03T09:14:00Z"), now, "UTC")).toBe("3 Mar, 09:14");
});

test("days of a timeline are named", () => {
  expect(formatTimelineDay(at("2026-11-25T00:10:00Z"), now, "UTC")).toBe("Today");
  expect(formatTimelineDay(at("2026-11-24T23:10:00Z"), now, "UTC")).toBe("Yesterday");
  expect(formatTimelineDay(at("2026-11-21T16:40:00Z"), now, "UTC")).toBe("Saturday, 21 November");
  expect(formatTimelineDay(at("2025-03-04T16:40:00Z"), now, "UTC")).toMatch(/^Tuesday, 4 March 2025$/);
});

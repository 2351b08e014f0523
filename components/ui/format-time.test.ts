import { describe, expect, it } from "vitest";
import { formatDay, formatRelative, formatTimeOfDay } from "./format-time.ts";

const now = new Date("2026-11-19T12:04:30Z");
const relative = (iso: string, timeZone = "UTC") => formatRelative(new Date(iso), now, timeZone);

describe("a relative time", () => {
  it("says just now below a minute, and for a clock that runs a little ahead", () => {
    expect(relative("2026-11-19T12:03:31Z")).toBe("Just now");
    expect(relative("2026-11-19T12:06:00Z")).toBe("Just now");
  });
  it("counts minutes, then hours, within the same day", () => {
    expect(relative("2026-11-19T12:03:30Z")).toBe("1 min ago");
    expect(relative("2026-11-19T12:00:00Z")).toBe("4 min ago");
    expect(relative("2026-11-19T09:30:00Z")).toBe("2 h ago");
  });
  it("counts minutes across midnight rather than say yesterday", () => {
    expect(formatRelative(new Date("2026-11-18T23:50:00Z"), new Date("2026-11-19T00:10:00Z"), "UTC")).toBe("20 min ago");
  });
  it("says yesterday by the reader's calendar", () => {
    expect(relative("2026-11-18T23:30:00Z", "UTC")).toBe("Yesterday");
    expect(relative("2026-11-18T23:30:00Z", "Europe/Berlin")).toBe("12 h ago");
  });
  it("gives the day for older times, with the year when it is another one", () => {
    expect(relative("2026-11-02T08:00:00Z")).toBe("2 Nov");
    expect(relative("2025-11-02T08:00:00Z")).toBe("2 Nov 2025");
    expect(relative("2027-01-02T08:00:00Z")).toBe("2 Jan 2027");
  });
});

it("a day and a time of day follow the reader's zone", () => {
  const date = new Date("2026-11-18T23:31:07Z");
  expect(formatDay(date, now, "Europe/Berlin")).toBe("19 Nov");
  expect(formatTimeOfDay(date, "Europe/Berlin")).toBe("00:31:07");
  expect(formatTimeOfDay(date, "UTC", false)).toBe("23:31");
});

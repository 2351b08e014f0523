import { expect, test } from "vitest";
import { describeCron } from "./describe-cron.ts";

test.each([
  ["0 9 * * 1-5", "Weekdays at 09:00"],
  ["30 17 * * 5", "Fridays at 17:30"],
  ["5 0 * * *", "Every day at 00:05"],
  ["0 * * * *", "Every hour"],
  ["15 * * * *", "Every hour at minute 15"],
  ["*/10 * * * *", "Every 10 minutes"],
  ["0 6 1 * *", "On the first of the month at 06:00"],
  // What these say takes more than a few words: they are shown as they are.
  ["*/10 9-17 * * *", null],
  ["0 9 1 1 *", null],
  ["0 9 13 * 5", null],
  ["0 0 9 * * 1-5", null],
  ["61 9 * * *", null],
  ["", null],
])("%s: %s", (cron, words) => {
  expect(describeCron(cron)).toBe(words);
});

import { expect, test } from "vitest";
import { makeTimeScale } from "./time-scale.ts";

const span = (from: number, to: number) => ({ from, to });

test("moments lie in proportion where nothing waits for long", () => {
  const scale = makeTimeScale([span(1_000, 1_100), span(1_500, 2_000)]);
  expect([scale.at(1_000), scale.at(1_500), scale.at(2_000)]).toEqual([0, 0.5, 1]);
  expect(scale).toMatchObject({ shown: 1_000, leftOut: 0 });
});

test("a wait of twelve seconds stays, one of ten minutes is left out", () => {
  const scale = makeTimeScale([span(0, 100), span(12_100, 13_000), span(613_000, 613_100)]);
  expect(scale).toMatchObject({ shown: 13_100, leftOut: 600_000 });
  expect(scale.at(12_100)).toBeGreaterThan(0.85);
  expect(scale.at(613_100)).toBeCloseTo(1);
  expect(scale.at(613_000) - scale.at(13_000), "something of it stays to be seen").toBeCloseTo(0.03, 1);
});

test("work side by side counts once, in any order, and moments outside are held inside", () => {
  const scale = makeTimeScale([span(500, 900), span(0, 1_000), span(200, 300)]);
  expect([scale.at(-5), scale.at(5_000)]).toEqual([0, 1]);
  expect(scale.shown).toBe(1_000);
});

test("no work has no scale, and a moment's work no division by nothing", () => {
  expect(makeTimeScale([]).at(7)).toBe(0);
  expect(makeTimeScale([span(5, 5)]).at(5)).toBe(0);
});

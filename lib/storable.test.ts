import fc from "fast-check";
import { expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { cutText, isStorable, storableJson, storableText } from "./storable.ts";

const { sql } = await testDatabase();
/** Of this thread, in milliseconds: what it is busy with, however many others want the processor. */
const cpuTime = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

const awkward = fc.string({ unit: fc.constantFrom("a", "\u0000", "\ud83d", "\ude00", "😀", "é", '"', "\\") });

test("Postgres keeps whatever text was made storable, and storable text isn't changed", async () => {
  await fc.assert(
    fc.asyncProperty(awkward, async (text) => {
      const kept = storableText(text);
      const [row] = await sql`select ${kept}::text as text, ${sql.json({ [kept]: kept })}::jsonb as json`;
      expect(row).toEqual({ text: kept, json: { [kept]: kept } });
      expect(isStorable(kept)).toBe(true);
      if (isStorable(text)) expect(kept).toBe(text);
    }),
    { numRuns: 60 },
  );
});

test("Postgres refuses what isn't storable: the check is needed", async () => {
  await expect(sql`select ${sql.json({ a: "\u0000" })}::jsonb`).rejects.toThrow();
  await expect(sql`select ${sql.json({ a: "\ud83d" })}::jsonb`).rejects.toThrow();
});

test("a cut never halves a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, length) => {
      const cut = cutText(text, length);
      expect(cut.isWellFormed() && cut.length <= length && text.startsWith(cut)).toBe(true);
    }),
  );
});

test("a megabyte of the smallest things is looked at in a moment, and too many of them are refused", () => {
  for (const [unit, fits] of [
    ["{}", false],
    ["[]", false],
    ["1", false],
    ['"abcdefgh"', true],
  ] as const) {
    const value = JSON.parse(`[${Array.from({ length: Math.floor(1_000_000 / (unit.length + 1)) }, () => unit).join()}]`) as unknown;
    const began = cpuTime();
    const [isFit, kept] = [isStorable(value), storableJson(value)];
    expect(cpuTime() - began, unit).toBeLessThan(200);
    expect(isFit).toBe(fits);
    expect(kept === value).toBe(true);
  }
});

test("JSON nested deeper than anything people mean is refused, not followed", () => {
  const deep = JSON.parse(`${"[".repeat(10_000)}${"]".repeat(10_000)}`) as unknown;
  expect(storableJson(deep)).toBeUndefined();
  expect(isStorable(deep)).toBe(false);
  expect([isStorable({ a: JSON.parse("1e999") as unknown }), isStorable({ a: -1.5e300 })]).toEqual([false, true]);
  const usual = { a: [1, null, { b: "x\u0000" }], c: true };
  expect(storableJson(usual)).toEqual({ a: [1, null, { b: "x\ufffd" }], c: true });
});

import { AppError } from "#lib/errors.ts";

/*
 * Definitions and drafts are stored with the version of their shape. A change of shape that a reader would stumble over gets an upcaster
 * here, in the same commit, and with it the next version. A start brings every stored body up to it (upcast-bodies), revisions too:
 * what they mean is immutable, not how it is written. So readers know one shape, the SQL that looks into bodies by path included,
 * which no function called on reading would help.
 */

/** From one version to the next. Pure. Never changed once it was released: a database of any age passes through all of them. */
export type Upcaster = (body: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The first leads from version 1 to 2. Drafts and definitions of a noun have the same fields. */
export const UPCASTERS = { resource: [], workflow: [], trigger: [] } satisfies Record<string, readonly Upcaster[]> as Record<
  "resource" | "workflow" | "trigger",
  readonly Upcaster[]
>;
export type BodyNoun = keyof typeof UPCASTERS;

/** What is written now. */
export const bodyVersion = (noun: BodyNoun): number => UPCASTERS[noun].length + 1;

export function upcast(noun: BodyNoun, version: number, body: Record<string, unknown>): Record<string, unknown> {
  return UPCASTERS[noun].slice(version - 1).reduce((older, up) => up(older), body);
}

/**
 * A newer Patchbay may have started on this database while this one runs, or before an older one was put back: what it wrote isn't
 * guessed at. Every door that acts by a body, or saves one, asks.
 */
export function refuseNewer(noun: BodyNoun, version: number): void {
  if (version <= bodyVersion(noun)) return;
  throw new AppError(
    "unavailable",
    `This ${noun} was saved by a newer Patchbay: its format is ${version}, and this version reads up to ${bodyVersion(noun)}. Run the newer version.`,
  );
}

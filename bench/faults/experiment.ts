import type { Table } from "../report.ts";

/** Does harm to a Patchbay of its own, and judges by what it wrote down itself, never by what the product says of itself. */
export type Experiment = () => Promise<{ tables: Table[]; verdicts: Verdict[] }>;

/** `seen` is for the reader: the worst figure, or what was found instead. */
export type Verdict = { promise: string; kept: boolean; seen?: string };

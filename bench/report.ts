/** Figures as plain tables: medians of interleaved rounds, each beside its baseline from the same rounds. */

export type Table = { title: string; notes?: string[]; head: string[]; rows: string[][] };

export function printTable({ title, notes = [], head, rows }: Table): void {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("   ");
  console.log(`\n${title}`);
  console.log(line(head));
  console.log(widths.map((width) => "-".repeat(width)).join("   "));
  for (const row of rows) console.log(line(row));
  for (const note of notes) console.log(`  ${note}`);
}

/** Nearest rank, of any numbers; NaN of none. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The lower of the two middle ones. */
export const median = (values: Iterable<number>): number => percentile(values, 0.5);

export const perSecond = (value: number): string => `${Math.round(value).toLocaleString("en-US")}/s`;
export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
export const ratio = (value: number): string => value.toFixed(2);

/** "met", or by how much it falls short. `most` is for figures that should be small. */
export function against(value: number, bar: { least: number } | { most: number }): string {
  if (Number.isNaN(value)) return "not measured";
  const limit = "least" in bar ? bar.least : bar.most;
  const met = "least" in bar ? value >= limit : value <= limit;
  return met ? "met" : `missed by ${Math.round(Math.abs(value / limit - 1) * 100)} %`;
}

/** Each round runs every contender once, one after the other, so that what disturbs the machine disturbs all alike. */
export async function interleave<Name extends string, Result>(
  rounds: number,
  contenders: Record<Name, (round: number) => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
  const entries = Object.entries(contenders) as [Name, (round: number) => Promise<Result>][];
  const results = Object.fromEntries(entries.map(([name]) => [name, [] as Result[]])) as unknown as Record<Name, Result[]>;
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of entries) results[name].push(await run(round));
  }
  return results;
}

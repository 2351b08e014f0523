import { setTimeout as sleep } from "node:timers/promises";
import type { Product } from "./open-product.ts";
import { listProcesses } from "./processes.ts";
import { against, median, megabytes, printTable } from "./report.ts";
import type { BareNext } from "./start-bare-next.ts";

const PARTS = [
  ["web", /next[/-]|next start/],
  ["gateway with worker", /server\/gateway\.ts/],
  ["starter", /server\/start\.ts/],
  ["TaskLab", /examples\/tasklab/],
] as const;
const SAMPLES = 5;

/** Resident memory after some seconds without work, Postgres left out. Read five times, since the collector works when it likes. */
export async function measureMemory(product: Product, bareNext: BareNext | null, when: string): Promise<void> {
  await sleep(5_000);
  const samples: Record<string, number>[] = [];
  for (let round = 0; round < SAMPLES; round++) {
    const processes = listProcesses(product.pid);
    samples.push({
      ...Object.fromEntries(
        PARTS.map(([name, pattern]) => [name, sum(processes.filter(({ command }) => pattern.test(command)).map(({ rss }) => rss))]),
      ),
      "bare Next": bareNext ? sum(listProcesses(bareNext.pid).map(({ rss }) => rss)) : Number.NaN,
    });
    await sleep(1_000);
  }
  const of = (name: string) => median(samples.map((sample) => sample[name]!));
  const total = of("web") + of("gateway with worker");
  printTable({
    title: `Resident memory, ${when}, without Postgres`,
    head: ["", "resident", "bar 450 MB", "goal 350 MB"],
    rows: [
      ["bare Next, one page", bareNext ? megabytes(of("bare Next")) : "missing"],
      ...PARTS.map(([name]) => [name, megabytes(of(name))]),
      ["web and gateway", megabytes(total), against(total, { most: 450 * 2 ** 20 }), against(total, { most: 350 * 2 ** 20 })],
    ],
  });
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

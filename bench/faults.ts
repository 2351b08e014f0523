/**
 * `npm run test:faults`: kill -9 and other bad luck. Each experiment is a file in bench/faults/; names on the command line choose
 * some: `npm run test:faults -- typing-survives-kill`. The last line counts the promises kept and broken; the exit code is 1 when
 * one was broken or an experiment could not be made.
 */
import { cpus, loadavg } from "node:os";
import type { Experiment, Verdict } from "./faults/experiment.ts";
import { typingSurvivesKill } from "./faults/typing-survives-kill.ts";
import { printTable, seconds } from "./report.ts";

const EXPERIMENTS: Record<string, Experiment> = {
  "typing-survives-kill": typingSurvivesKill,
};

/** An experiment that ends early broke its promise: nobody has seen it kept. */
async function attempt(name: string, experiment: Experiment): Promise<Verdict[]> {
  try {
    const { tables, verdicts } = await experiment();
    for (const table of tables) printTable(table);
    return verdicts;
  } catch (error) {
    return [
      { promise: `${name} could be made`, kept: false, seen: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ];
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in EXPERIMENTS));
if (unknown.length > 0) {
  console.error(`There is no experiment named ${unknown.join(", ")}. There are: ${Object.keys(EXPERIMENTS).join(", ")}.`);
  process.exit(1);
}

const began = performance.now();
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load before: ${loadavg()[0]?.toFixed(1)}`);
const verdicts: Verdict[] = [];
for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
  if (wanted.length === 0 || wanted.includes(name)) verdicts.push(...(await attempt(name, experiment)));
}

console.log();
for (const { promise, kept, seen } of verdicts) console.log(`${kept ? "passed" : "FAILED"}  ${promise}${seen ? `: ${seen}` : ""}`);
console.log(`\n${seconds(performance.now() - began)} in all, load after: ${loadavg()[0]?.toFixed(1)}`);
const passed = verdicts.filter(({ kept }) => kept).length;
console.log(`${passed} passed, ${verdicts.length - passed} failed`);
process.exit(passed === verdicts.length ? 0 : 1);

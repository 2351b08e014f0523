/**
 * `npm run test:faults`: kill -9 and other bad luck. Each experiment is a file in bench/faults/, with the number that it has in the list
 * of promises; numbers or names on the command line choose some: `npm run test:faults -- 3 typing-survives-kill`. The last line counts the promises kept and broken; the exit code is 1 when
 * one was broken or an experiment could not be made.
 */
import { cpus, loadavg } from "node:os";
import { acknowledgedWebhooks } from "./faults/acknowledged-webhooks.ts";
import { badUpstream } from "./faults/bad-upstream.ts";
import { crowdedQueue } from "./faults/crowded-queue.ts";
import { databaseRestarts } from "./faults/database-restarts.ts";
import type { Experiment, Verdict } from "./faults/experiment.ts";
import { killedAfterRotation } from "./faults/killed-after-rotation.ts";
import { killedWorkers } from "./faults/killed-workers.ts";
import { refreshOnce } from "./faults/refresh-once.ts";
import { replicas } from "./faults/replicas.ts";
import { typingSurvivesKill } from "./faults/typing-survives-kill.ts";
import { printTable, seconds } from "./report.ts";

const EXPERIMENTS: { number: number; name: string; experiment: Experiment }[] = [
  { number: 1, name: "killed-workers", experiment: killedWorkers },
  { number: 2, name: "acknowledged-webhooks", experiment: acknowledgedWebhooks },
  { number: 3, name: "refresh-once", experiment: refreshOnce },
  { number: 4, name: "killed-after-rotation", experiment: killedAfterRotation },
  { number: 5, name: "database-restarts", experiment: databaseRestarts },
  { number: 6, name: "bad-upstream", experiment: badUpstream },
  { number: 7, name: "crowded-queue", experiment: crowdedQueue },
  { number: 8, name: "replicas", experiment: replicas },
  { number: 9, name: "typing-survives-kill", experiment: typingSurvivesKill },
];

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
const isWanted = ({ number, name }: (typeof EXPERIMENTS)[number]) =>
  wanted.length === 0 || wanted.includes(name) || wanted.includes(String(number));
const unknown = wanted.filter((one) => !EXPERIMENTS.some(({ number, name }) => one === name || one === String(number)));
if (unknown.length > 0) {
  const known = EXPERIMENTS.map(({ number, name }) => `${number} ${name}`).join(", ");
  console.error(`There is no experiment ${unknown.join(", ")}. There are: ${known}.`);
  process.exit(1);
}

const began = performance.now();
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load before: ${loadavg()[0]?.toFixed(1)}`);
const verdicts: Verdict[] = [];
for (const { number, name, experiment } of EXPERIMENTS.filter(isWanted)) {
  console.log(`\nExperiment ${number}, ${name} ...`);
  verdicts.push(...(await attempt(name, experiment)));
}

console.log();
for (const { promise, kept, seen } of verdicts) console.log(`${kept ? "passed" : "FAILED"}  ${promise}${seen ? `: ${seen}` : ""}`);
console.log(`\n${seconds(performance.now() - began)} in all, load after: ${loadavg()[0]?.toFixed(1)}`);
const passed = verdicts.filter(({ kept }) => kept).length;
console.log(`${passed} passed, ${verdicts.length - passed} failed`);
process.exit(passed === verdicts.length ? 0 : 1);

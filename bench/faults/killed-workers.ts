import { setTimeout as sleep } from "node:timers/promises";
import { HEARTBEAT_SECONDS } from "#db/job-queue.ts";
import { connectPath } from "#lib/paths.ts";
import { callApi } from "../call-api.ts";
import { apiKeyDraft, publishDraft } from "../publish-draft.ts";
import { publishWorkflow, requestStepTo, startMany } from "../publish-workflow.ts";
import { startRecorder } from "../recorders/start-recorder.ts";
import type { StepsAsks } from "../recorders/steps.ts";
import { percentile, seconds } from "../report.ts";
import { createUserTokenSigner } from "../sign-user-tokens.ts";
import type { Experiment } from "./experiment.ts";
import { type Gateway, killService, openParts, type Parts } from "./open-parts.ts";

/**
 * quality.md, Reliability 1. Two processes work on 2,000 runs of three Request steps; 20 times one of them gets kill -9 and another takes
 * its place. The judge is the API that the steps call, in a process of its own: it writes down every Idempotency-Key and when it came.
 */
export const killedWorkers: Experiment = async () => {
  const api = await startRecorder<StepsAsks>("steps");
  const parts = await openParts({ outboundPorts: [api.ports.http!] });
  try {
    const { runIds, stepIds } = await prepare(parts, `http://127.0.0.1:${api.ports.http}`);
    const began = Date.now();
    const kills = await killAgainAndAgain(parts);
    const lastKill = kills.at(-1)!;
    await untilDone(parts, runIds.length);
    const doneAt = Date.now();
    const times = new Map(await api.ask("times"));
    const { sql, scope } = parts;
    const [rows] = await sql<{ succeeded: number; twice: number }[]>`
      select count(*) filter (where status = 'succeeded')::int as succeeded,
        (select count(*)::int from (select 1 from step_run s where s.project_id = ${scope.projectId} group by run_id, step_id, item having count(*) > 1) t) as twice
      from run where project_id = ${scope.projectId}`;

    const expected = runIds.flatMap((run) => stepIds.map((step) => `${run}:${step}`));
    const lost = expected.filter((key) => !times.has(key));
    const repeats = [...times].filter(([, at]) => at.length > 1);
    const unexplained = repeats.filter(
      ([, at]) => !at.slice(0, -1).every((one) => kills.some((kill) => one <= kill + SAME_MOMENT_MS && one >= kill - IN_FLIGHT_MS)),
    );
    const takeOvers = repeats.flatMap(([, at]) =>
      at
        .slice(1)
        .map(
          (again, n) =>
            again -
            Math.max(...kills.filter((kill) => kill >= at[n]! - SAME_MOMENT_MS && kill <= again), at[n]!) -
            HEARTBEAT_SECONDS * 1_000,
        ),
    );
    const slowest = takeOvers.length > 0 ? Math.max(...takeOvers) : 0;
    const table = {
      title: `${runIds.length} runs of ${stepIds.length} steps, ${kills.length} × kill -9`,
      head: ["", ""],
      rows: [
        ["calls that the API saw", String([...times.values()].reduce((sum, at) => sum + at.length, 0))],
        ["steps called more than once", String(repeats.length)],
        ["taken over after the heartbeat's lapse, p50", seconds(percentile(takeOvers, 0.5))],
        ["the slowest", seconds(slowest)],
        ["all done after the last kill", seconds(doneAt - lastKill)],
        ["in all", seconds(doneAt - began)],
      ],
    };
    const verdicts = [
      { promise: "no step is lost: the API saw each of them", kept: lost.length === 0, seen: `${lost.length} of ${expected.length}` },
      { promise: "every run succeeded", kept: rows!.succeeded === runIds.length, seen: `${rows!.succeeded} of ${runIds.length}` },
      {
        promise: "only steps in flight at a kill are repeated, with the key that they had",
        kept: unexplained.length === 0 && times.size === expected.length,
        seen: `${repeats.length} repeated, ${unexplained.length} without a kill, ${times.size} keys`,
      },
      { promise: "a step has one result", kept: rows!.twice === 0 },
      { promise: "taken over within 30 s of the heartbeat's lapse", kept: slowest <= 30_000, seen: seconds(slowest) },
      { promise: "goal: within 5 s", kept: slowest <= 5_000, seen: seconds(slowest) },
    ];
    return { tables: [table], verdicts };
  } finally {
    await parts.end();
    await api.end();
  }
};

const RUNS = 2_000;
const KILLS = 20;
const WORKERS = 2;
/** Between the API's clock reading and ours. */
const SAME_MOMENT_MS = 50;
/** A call that came so long before a kill may have been without its commit still, on a busy machine. */
const IN_FLIGHT_MS = 1_500;

async function prepare(parts: Parts, origin: string): Promise<{ runIds: string[]; stepIds: string[] }> {
  const { scope, db, actor, sql } = parts;
  const resourceId = await publishDraft(parts, scope, "Steps", apiKeyDraft(origin));
  const signer = await createUserTokenSigner(scope, db, actor);
  const gateway = await parts.startGateway({ PATCHBAY_WORKER: "off" });
  const called = await callApi({
    url: gateway.origin + connectPath(scope.projectId, resourceId),
    method: "POST",
    token: signer.signToken("ada"),
    json: { key: "key-of-ada" },
  });
  if (called.status !== 200) throw new Error(`The connect call was answered ${called.status}: ${called.body}`);
  await killService(gateway);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where external_id = 'ada'`;
  const steps = ["one", "two", "three"].map((name) => requestStepTo(resourceId, name));
  await publishWorkflow(scope, db, "three.steps", steps);
  const runIds = await startMany(scope, db, "three.steps", user!.id, RUNS);
  return { runIds, stepIds: steps.map(({ id }) => id) };
}

/** When each was killed. */
async function killAgainAndAgain(parts: Parts): Promise<number[]> {
  const working: Gateway[] = [];
  while (working.length < WORKERS) working.push(await parts.startGateway());
  const kills: number[] = [];
  while (kills.length < KILLS) {
    await sleep(500 + Math.random() * 1_000);
    const victim = working.shift()!;
    kills.push(Date.now());
    await killService(victim);
    working.push(await parts.startGateway());
  }
  return kills;
}

async function untilDone({ sql, scope }: Parts, amount: number): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from run where project_id = ${scope.projectId} and status in ('succeeded', 'failed', 'cancelled')`;
    if (row!.n >= amount) return;
    await sleep(100);
  }
}

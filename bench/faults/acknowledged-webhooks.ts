import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "#server/start/services.ts";
import { callApi, countOutcomes } from "../call-api.ts";
import { DELIVERY_ID, type Hook, openHook, signEvent } from "../open-hook.ts";
import { ms, percentile, seconds, type Table } from "../report.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { killService, openParts, type Parts } from "./open-parts.ts";

/**
 * quality.md, Reliability 2. kill -9 the gateway, again and again, during 5,000 signed events. The sender does what APIs do: an event whose
 * answer isn't a 2xx is sent again with the same id. It writes down which ids were acknowledged; then the tables are read: one run for
 * each of them, and none that nobody sent.
 */
export const acknowledgedWebhooks: Experiment = async () => {
  const parts = await openParts();
  try {
    return await makeTrial(parts, await openHook(parts));
  } finally {
    await parts.end();
  }
};

const EVENTS = 5_000;
const SENDERS = 32;
const KILLS = 5;
/** Each kill comes at any moment of so long after its share of the events is through. */
const SPREAD_MS = 400;

type Sent = { id: string; attempts: number; ms: number };

async function makeTrial(parts: Parts, hook: Hook) {
  const origin = `http://127.0.0.1:${process.env.API_PORT}`;
  let gateway: Service = await parts.start("the gateway");
  const waiting = Array.from({ length: EVENTS }, () => randomUUID());
  const failed: Parameters<typeof countOutcomes>[0] = [];
  const acknowledged: Sent[] = [];

  const sendUntilTaken = async (id: string): Promise<void> => {
    const began = performance.now();
    const { headers, body } = signEvent(hook, id);
    for (let attempts = 1; ; attempts++) {
      const called = await callApi({ url: origin + hook.path, method: "POST", headers, text: body, timeoutMs: 20_000 });
      if (!called.failure && called.status >= 200 && called.status < 300) {
        acknowledged.push({ id, attempts, ms: performance.now() - began });
        return;
      }
      failed.push(called);
      if (performance.now() - began > 120_000) throw new Error(`An event was not taken within two minutes: ${countOutcomes([called])}.`);
      await sleep(50 + Math.random() * 100);
    }
  };
  const send = async () => {
    for (let id = waiting.pop(); id; id = waiting.pop()) await sendUntilTaken(id);
  };
  const sending = Promise.all(Array.from({ length: SENDERS }, send));

  // Each has its share of the events before it, and the last one some behind it: all of them hit work in flight.
  const kills = (async () => {
    for (let kill = 1; kill <= KILLS; kill++) {
      while (acknowledged.length < (EVENTS * kill) / (KILLS + 1)) await sleep(5);
      await sleep(SPREAD_MS * Math.random());
      await killService(gateway);
      gateway = await parts.start("the gateway");
    }
  })();
  const before = performance.now();
  await Promise.all([sending, kills]);
  return await judge(parts, hook, { acknowledged, failed: countOutcomes(failed), failures: failed.length, ms: performance.now() - before });
}

type Report = { acknowledged: Sent[]; failed: string; failures: number; ms: number };

async function judge({ sql, scope }: Parts, { workflowId, triggerId }: Hook, report: Report) {
  const { acknowledged } = report;
  const runs = await sql<{ event: string; n: number; pointed: number }[]>`
    select input->'headers'->>${DELIVERY_ID} as event, count(*)::int as n, count(d.id)::int as pointed from run r
    left join delivery d on d.project_id = r.project_id and d.id = r.delivery_id and r.id = any(d.run_ids) and d.status = 'accepted'
    where r.project_id = ${scope.projectId} and r.workflow_id = ${workflowId} group by 1`;
  const deliveries = await sql<{ status: string; n: number }[]>`
    select status, count(*)::int as n from delivery where project_id = ${scope.projectId} and trigger_id = ${triggerId} group by 1`;
  const runsOf = new Map(runs.map(({ event, n }) => [event, n]));
  const sent = new Set(acknowledged.map(({ id }) => id));
  const lost = acknowledged.filter(({ id }) => !runsOf.has(id));
  const doubled = runs.filter(({ n }) => n > 1);
  const unsent = runs.filter(({ event }) => !sent.has(event));
  const alone = runs.filter(({ n, pointed }) => n !== pointed);
  const again = acknowledged.filter(({ attempts }) => attempts > 1).length;
  const counted = Object.fromEntries(deliveries.map(({ status, n }) => [status, n]));

  const verdicts: Verdict[] = [
    { promise: `${EVENTS} webhooks under ${KILLS} kills: each is acknowledged at last`, kept: sent.size === EVENTS, seen: `${sent.size}` },
    { promise: "kills hit events in flight", kept: report.failures > 0 && again > 0, seen: `${again} events were sent again` },
    { promise: "each acknowledged id has a run", kept: lost.length === 0, seen: `${lost.length} lost` },
    {
      promise: "no id has two runs, and no run is of an event that nobody sent",
      kept: doubled.length + unsent.length === 0,
      seen: `${doubled.length} with two, ${unsent.length} unsent`,
    },
    {
      promise: "each run and its one accepted delivery point at each other",
      kept: alone.length === 0 && counted.accepted === EVENTS,
      seen: `${alone.length} do not, ${counted.accepted} accepted`,
    },
  ];
  const table: Table = {
    title: `kill -9 of the gateway, ${KILLS} times during ${EVENTS.toLocaleString("en-US")} signed events from ${SENDERS} senders`,
    head: ["", ""],
    rows: [
      ["took", seconds(report.ms)],
      ["sent again", `${again} events; answers that were none: ${report.failed}`],
      ["deliveries", deliveries.map(({ status, n }) => `${n} ${status}`).join(", ")],
      ["runs", runs.reduce((sum, { n }) => sum + n, 0).toLocaleString("en-US")],
      [
        "event sent to acknowledged, p50",
        ms(
          percentile(
            acknowledged.map((each) => each.ms),
            0.5,
          ),
        ),
      ],
      ["event sent to acknowledged, slowest", seconds(Math.max(...acknowledged.map((each) => each.ms)))],
    ],
    notes: [
      "A duplicate is an event whose run was committed and whose answer was lost with the process: it was sent again and started nothing.",
    ],
  };
  return { tables: [table], verdicts };
}

import { setTimeout as sleep } from "node:timers/promises";
import { connectPath } from "#lib/paths.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { type Called, callApi, countOutcomes } from "../call-api.ts";
import { proxiedPath } from "../proxied-path.ts";
import { apiKeyDraft, publishDraft } from "../publish-draft.ts";
import type { ApiAsks } from "../recorders/api.ts";
import type { BadApiAsks } from "../recorders/bad-api.ts";
import type { MeterAsks, Metered } from "../recorders/meter.ts";
import { type Recorder, startRecorder } from "../recorders/start-recorder.ts";
import { median, megabytes, ms, percentile, ratio, seconds, type Table } from "../report.ts";
import { createUserTokenSigner } from "../sign-user-tokens.ts";
import { startPassThrough } from "../start-baseline.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { type Gateway, openParts, type Parts } from "./open-parts.ts";
import { residentBytes, sampleMemory } from "./sample-memory.ts";

/**
 * quality.md, Reliability 6. One project's API misbehaves in every way at once, while another project calls a good one at a steady pace.
 * Who made the bad calls judges the answers, a process of its own times the good ones, and the gateway's resident memory is read each
 * 100 ms from the kernel. Quiet and bad windows take turns, and so do the product and a bare pass-through: API, caller and judges share
 * the machine's cores with both, so what calls do to each other there is the machine's doing.
 */
export const badUpstream: Experiment = async () => {
  const api = await startRecorder<BadApiAsks>("bad-api");
  // In a process of its own: what the bad one pours out delays none of its answers.
  const goodApi = await startRecorder<ApiAsks>("api");
  const meter = await startRecorder<MeterAsks>("meter");
  const parts = await openParts({ outboundPorts: [api.ports.http!, api.ports.https!, goodApi.ports.http!] });
  try {
    return await makeTrial(parts, { api, goodApi, meter });
  } finally {
    await parts.end();
    await meter.end();
    await goodApi.end();
    await api.end();
  }
};

const ROUNDS = 5;
const WINDOW_MS = 6_000;
const REST_MS = 1_000;
const PACE_MS = 15;
/** As a line of 80 Mbit/s, for each of the endless bodies: an API that sends faster has to wait. */
const READ_A_SECOND = 10_000_000;
const MOST_GROWTH = 50 * 2 ** 20;
/** rules.md, Doors 3: a proxied stream has 60 s to its first byte. */
const FIRST_BYTE_MS = 60_000;
/** What a deadline may be late by on a busy machine. */
const LATE_MS = 5_000;

type Way = {
  name: string;
  path: string;
  secure?: boolean;
  /** So long is read of what has no end. */
  readForMs?: number;
  isRight: (called: Called) => boolean;
  expected: string;
};

const typed = ({ status, body }: Called): boolean => {
  try {
    const { message, code, requestId } = JSON.parse(body) as Record<string, unknown>;
    return status >= 500 && [message, code, requestId].every((field) => typeof field === "string" && field !== "");
  } catch {
    return false;
  }
};
const passed = (status: number) => (called: Called) => called.status === status && !called.failure;
const streamed = ({ status, bytes, failure }: Called) => status === 200 && bytes > 0 && failure === "stopped reading";
/** It began well, so all that can be said is that it ended badly. */
const broken = ({ status, failure }: Called) => status === 200 && failure !== undefined && failure !== "stopped reading";

const WAYS: Way[] = [
  { name: "429", path: "/rate-limited", isRight: passed(429), expected: "429" },
  { name: "503", path: "/server-error", isRight: passed(503), expected: "503" },
  { name: "reset", path: "/reset", isRight: typed, expected: "a typed failure" },
  {
    name: "cut in the middle",
    path: "/cut",
    isRight: (called) => typed(called) || broken(called),
    expected: "a typed failure, or broken off",
  },
  { name: "slow drip", path: "/drip", readForMs: 4_000, isRight: streamed, expected: "a stream" },
  { name: "10 GB", path: "/huge", readForMs: 4_000, isRight: streamed, expected: "a stream" },
  { name: "10 GB of JSON", path: "/huge-json", readForMs: 4_000, isRight: streamed, expected: "a stream" },
  {
    name: "gzip bomb, 2 GiB",
    path: "/bomb",
    readForMs: 4_000,
    isRight: (called) => streamed(called) || passed(200)(called) || typed(called) || broken(called),
    expected: "a stream or a typed failure",
  },
  { name: "bad TLS", path: "/ok", secure: true, isRight: typed, expected: "a typed failure" },
  { name: "redirect loop", path: "/redirect-loop", isRight: (called) => typed(called) || passed(302)(called), expected: "a typed failure" },
];

type Judges = { api: Recorder<BadApiAsks>; goodApi: Recorder<ApiAsks>; meter: Recorder<MeterAsks> };

async function makeTrial(parts: Parts, { api, goodApi, meter }: Judges) {
  const { db, actor } = parts;
  const gateway = await parts.startGateway();
  const bad = await makeCaller(parts, gateway, parts.scope.projectId, api.ports);
  const other = await createProject(db, actor, { name: "Another", adminId: actor.kind === "member" ? actor.id : "" });
  const good = await makeCaller(parts, gateway, other.id, goodApi.ports);

  const bare = await startPassThrough();
  const product: Contender = {
    measure: (forMs) =>
      meter.ask("measure", { url: good.url("/ok"), headers: { authorization: `Bearer ${good.token}` }, everyMs: PACE_MS, forMs }),
    misbehave: (way) => misbehave(way, bad.url(way.path, way.secure), bad.token),
  };
  const limit: Contender = {
    measure: (forMs) => meter.ask("measure", { url: `${bare.origin}/${goodApi.ports.http}/ok`, headers: {}, everyMs: PACE_MS, forMs }),
    misbehave: (way) => misbehave(way, `${bare.origin}/${way.secure ? api.ports.https : api.ports.http}${way.path}`),
  };

  // Code is compiled and memory taken by the first calls of each kind, whoever makes them.
  for (const contender of [product, limit]) {
    await contender.measure(3_000);
    await Promise.all(WAYS.map((way) => contender.misbehave({ ...way, readForMs: way.readForMs && 1_000 })));
    await contender.measure(1_000);
  }

  const before = residentBytes(gateway.pid);
  const memory = sampleMemory(gateway.pid);
  const silent = Promise.all(Array.from({ length: 4 }, () => callApi({ url: bad.url("/silent"), token: bad.token, timeoutMs: 90_000 })));
  const answers = new Map<Way, Called[]>(WAYS.map((way) => [way, []]));
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      product: await compareWindows(product, (way, called) => answers.get(way)!.push(called)),
      limit: await compareWindows(limit, () => {}),
    });
  }
  bare.child.disconnect();
  const unanswered = await silent;
  await sleep(2_000);
  const left = await api.ask("seen");
  const whole = await callApi({ url: bad.url("/huge"), token: bad.token, timeoutMs: 180_000 });
  memory.stop();
  const after = residentBytes(gateway.pid);
  return report({ answers, unanswered, rounds, before, after, memory: memory.samples, open: left, whole });
}

type Windows = { quiet: Metered; bad: Metered };
type Round = { product: Windows; limit: Windows };

/** Who stands between the callers and the two APIs. */
type Contender = { measure(forMs: number): Promise<Metered>; misbehave(way: Way): Promise<Called> };

/** The good calls by themselves, then beside all that the bad API does. */
async function compareWindows({ measure, misbehave }: Contender, note: (way: Way, called: Called) => void): Promise<Windows> {
  await sleep(REST_MS);
  const quiet = await measure(WINDOW_MS);
  let isOver = false;
  const misbehaving = WAYS.map(async (way) => {
    while (!isOver) {
      note(way, await misbehave(way));
      await sleep(100);
    }
  });
  const bad = await measure(WINDOW_MS);
  isOver = true;
  await Promise.all(misbehaving);
  return { quiet, bad };
}

const misbehave = (way: Way, url: string, token?: string): Promise<Called> =>
  callApi({ url, token, readForMs: way.readForMs, timeoutMs: 90_000, bytesPerSecond: READ_A_SECOND });

/** A user of the project, connected to an API by http, and by https where it has that. */
async function makeCaller(parts: Parts, gateway: Gateway, projectId: string, ports: Record<string, number>) {
  const scope = { projectId };
  const signer = await createUserTokenSigner(scope, parts.db, parts.actor);
  const token = signer.signToken("user-1");
  const resources = {
    plain: await publishDraft(parts, scope, "Plain", apiKeyDraft(`http://127.0.0.1:${ports.http}`)),
    secure: await publishDraft(parts, scope, "Secure", apiKeyDraft(`https://127.0.0.1:${ports.https ?? ports.http}`)),
  };
  for (const resourceId of Object.values(resources)) {
    const connected = await callApi({
      url: gateway.origin + connectPath(projectId, resourceId),
      method: "POST",
      token,
      json: { key: "some-key" },
    });
    if (connected.status !== 200) throw new Error(`The connect call was answered ${connected.status}: ${connected.body}`);
  }
  return {
    token,
    url: (path: string, isSecure = false) => gateway.origin + proxiedPath(projectId, isSecure ? resources.secure : resources.plain, path),
  };
}

const p99Of = ({ quiet, bad }: Windows) => ({ quiet: percentile(quiet.times, 0.99), bad: percentile(bad.times, 0.99) });

type Seen = Awaited<ReturnType<BadApiAsks["seen"]>>;
type Facts = {
  answers: Map<Way, Called[]>;
  unanswered: Called[];
  rounds: Round[];
  before: number;
  after: number;
  memory: number[];
  open: Seen;
  whole: Called;
};

function report({ answers, unanswered, rounds, before, after, memory, open, whole }: Facts) {
  const peak = Math.max(...memory);
  const [ours, bares] = [rounds.map(({ product }) => p99Of(product)), rounds.map(({ limit }) => p99Of(limit))];
  const [slower, slowerBare] = [ours, bares].map((p99) => median(p99.map(({ quiet, bad }) => bad / quiet))) as [number, number];
  const failed = rounds.flatMap(({ product: { quiet, bad } }) => [...quiet.failed, ...bad.failed]);
  const slowestSilent = Math.max(...unanswered.map((called) => called.ms));
  const leaking = Object.entries(open).filter(([, seen]) => seen.open > 0);

  const table: Table = {
    title: "A misbehaving API, all ways at once, through the proxied call",
    head: ["what it does", "calls", "answered", "p50", "slowest"],
    rows: [
      ...[...answers].map(([way, called]) => [
        way.name,
        String(called.length),
        countOutcomes(called),
        ms(median(called.map((each) => each.ms))),
        ms(Math.max(...called.map((each) => each.ms))),
      ]),
      [
        "no answer at all",
        String(unanswered.length),
        countOutcomes(unanswered),
        seconds(median(unanswered.map((each) => each.ms))),
        seconds(slowestSilent),
      ],
      ["10 GB, read to the end", "1", `${countOutcomes([whole])}, ${megabytes(whole.bytes)}`, "", seconds(whole.ms)],
    ],
  };
  const others: Table = {
    title: `Another project's calls meanwhile, one each ${PACE_MS} ms or as soon as the last is answered`,
    head: ["round", "quiet p50", "quiet p99", "bad p50", "bad p99", "p99 ratio", "bare quiet p99", "bare bad p99", "bare p99 ratio"],
    rows: rounds.map(({ product: { quiet, bad } }, round) => {
      const [own, bare] = [ours[round]!, bares[round]!];
      const [quietP50, badP50] = [ms(percentile(quiet.times, 0.5)), ms(percentile(bad.times, 0.5))];
      const bareFigures = [ms(bare.quiet), ms(bare.bad), ratio(bare.bad / bare.quiet)];
      return [String(round + 1), quietP50, ms(own.quiet), badP50, ms(own.bad), ratio(own.bad / own.quiet), ...bareFigures];
    }),
    notes: [
      `endless bodies are read with ${READ_A_SECOND / 1_000_000} MB/s each, the last one as fast as it comes`,
      `gateway's resident memory: ${megabytes(before)} before, ${megabytes(median(memory))} median, ${megabytes(peak)} at most, ${megabytes(after)} after; ${memory.length} samples`,
    ],
  };
  const verdicts: Verdict[] = [
    ...[...answers].map(([way, called]): Verdict => {
      const wrong = called.filter((each) => !way.isRight(each));
      return {
        promise: `${way.name}: ${way.expected}`,
        kept: called.length > 0 && wrong.length === 0,
        seen: `${countOutcomes(called)}${wrong[0] ? `; the first wrong one: ${wrong[0].failure ?? ""} ${wrong[0].body.slice(0, 200)}` : ""}`,
      };
    }),
    {
      promise: `no answer at all: a typed failure within ${FIRST_BYTE_MS / 1000} s`,
      kept: unanswered.every(typed) && slowestSilent <= FIRST_BYTE_MS + LATE_MS,
      seen: `${countOutcomes(unanswered)} after ${seconds(slowestSilent)}`,
    },
    {
      promise: "10 GB come through whole",
      kept: whole.status === 200 && !whole.failure && whole.bytes === 10_240 * 2 ** 20,
      seen: `${countOutcomes([whole])}, ${megabytes(whole.bytes)} in ${seconds(whole.ms)}`,
    },
    {
      promise: "what nobody reads any more is let go of",
      kept: leaking.length === 0,
      seen: leaking.map(([way, seen]) => `${way}: ${seen.open} still open`).join(", "),
    },
    { promise: "the gateway's memory grows by 50 MB at most", kept: peak - before <= MOST_GROWTH, seen: `${megabytes(peak - before)}` },
    {
      promise: "another project's p99 rises at most 1.5 times as much as through a bare pass-through",
      kept: slower <= 1.5 * slowerBare && failed.length === 0,
      seen: `${ratio(slower)} of quiet, bare ${ratio(slowerBare)}${failed.length ? `, ${failed.length} failed` : ""}`,
    },
  ];
  return { tables: [table, others], verdicts };
}

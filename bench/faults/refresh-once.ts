import { setTimeout as sleep } from "node:timers/promises";
import { openSecrets } from "#lib/credentials/save-credential.ts";
import { connectPath } from "#lib/paths.ts";
import { type Called, callApi, countOutcomes } from "../call-api.ts";
import { proxiedPath } from "../proxied-path.ts";
import { publishDraft, refreshTokenDraft } from "../publish-draft.ts";
import { type Recorder, startRecorder } from "../recorders/start-recorder.ts";
import type { TokenServerAsks } from "../recorders/token-server.ts";
import { median, ms, seconds, type Table } from "../report.ts";
import { createUserTokenSigner, type UserTokenSigner } from "../sign-user-tokens.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { type Gateway, openParts, type Parts } from "./open-parts.ts";

/**
 * quality.md, Reliability 3. 200 calls at once with an expired token, spread over 2 and then 8 gateways on one database. The judge is the
 * token server: oidc-provider, whose refresh tokens rotate and whose reuse detection ends a grant when one comes back, in a process of
 * its own. A token is expired in two ways: Patchbay knows its time, or hears of it by the API's 401.
 */
export const refreshOnce: Experiment = async () => {
  const server = await startRecorder<TokenServerAsks>("token-server");
  const parts = await openParts({ outboundPorts: [server.ports.front!] });
  try {
    return await new Trial(parts, server).run();
  } finally {
    await parts.end();
    await server.end();
  }
};

const CALLS = 200;
const PROCESSES = [2, 8];
/** How long the token server takes, as well as its own work. */
const DELAYS_MS = [0, 15_000];
const WAYS = ["its time has come", "only the API knows"] as const;

type Case = { processes: number; delayMs: number; way: (typeof WAYS)[number] };
type Result = Case & {
  tokenCalls: number;
  reuseDetected: number;
  accepted: number;
  called: Called[];
  holdsLast: boolean;
  status: string;
};

export type ExpiredUser = { token: string; refreshToken: string };

class Trial {
  private readonly parts: Parts;
  private readonly server: Recorder<TokenServerAsks>;
  private readonly gateways: Gateway[] = [];
  private signer!: UserTokenSigner;
  private resourceId = "";

  constructor(parts: Parts, server: Recorder<TokenServerAsks>) {
    this.parts = parts;
    this.server = server;
  }

  async run() {
    const { scope, db, actor } = this.parts;
    this.signer = await createUserTokenSigner(scope, db, actor);
    const origin = `http://127.0.0.1:${this.server.ports.front}`;
    this.resourceId = await publishDraft(this.parts, scope, "TaskLab", refreshTokenDraft(origin), "web-secret-for-the-demo");
    const results: Result[] = [];
    for (const processes of PROCESSES) {
      // Nobody but the calls may refresh: the chores would, as soon as a token is due.
      while (this.gateways.length < processes) this.gateways.push(await this.parts.startGateway({ PATCHBAY_WORKER: "off" }));
      for (const delayMs of DELAYS_MS) for (const way of WAYS) results.push(await this.make({ processes, delayMs, way }));
    }
    return { tables: [table(results)], verdicts: results.flatMap(judge) };
  }

  private async make(each: Case): Promise<Result> {
    const { server, parts, gateways, resourceId } = this;
    const sub = `user-${each.processes}-${each.delayMs}-${each.way}`;
    const { token, refreshToken } = await connectExpired({
      origin: gateways[0]!.origin,
      server,
      projectId: parts.scope.projectId,
      resourceId,
      token: this.signer.signToken(sub),
      knowsTime: each.way === "its time has come",
    });
    await server.ask("delay", each.delayMs);
    const path = proxiedPath(parts.scope.projectId, resourceId, "/tasks");
    const called = await Promise.all(
      Array.from({ length: CALLS }, (_, index) => callApi({ url: gateways[index % each.processes]!.origin + path, token })),
    );
    await server.ask("delay", 0);
    const seen = await server.ask("tokenCallsOf", refreshToken);
    const own = await server.ask("own");
    const [row] = await parts.sql<{ id: string; ciphertext: Uint8Array; keyId: string; status: string }[]>`
      select c.id, c.ciphertext, c.key_id as "keyId", c.status from credential c
      join connected_user u on u.project_id = c.project_id and u.id = c.user_id
      where c.project_id = ${parts.scope.projectId} and c.resource_id = ${resourceId} and u.external_id = ${sub}`;
    const stored = openSecrets(parts.scope, row!.id, row!).refreshToken;
    return {
      ...each,
      // Two writers of the same story: TaskLab's own counter, and the front's list.
      tokenCalls: Math.max(own.tokenCalls, seen.length),
      reuseDetected: own.reuseDetected,
      accepted: own.accepted,
      called,
      holdsLast: stored !== undefined && stored === seen.at(-1)?.issued,
      status: row!.status,
    };
  }
}

/** A user whose access token is dead and whose refresh token is good; whether Patchbay was told its lifetime is for `knowsTime` to say. */
export async function connectExpired(input: {
  origin: string;
  server: Recorder<TokenServerAsks>;
  projectId: string;
  resourceId: string;
  token: string;
  knowsTime: boolean;
}): Promise<ExpiredUser> {
  const { origin, server, projectId, resourceId, token, knowsTime } = input;
  const minted = await server.ask("mint", { expired: true });
  const { access_token, refresh_token } = minted;
  const json = { access_token, refresh_token, ...(knowsTime ? { expires_in: 1 } : {}) };
  const connected = await callApi({ url: origin + connectPath(projectId, resourceId), method: "POST", token, json });
  if (connected.status !== 200) throw new Error(`The connect call was answered ${connected.status}: ${connected.body}`);
  if (knowsTime) await sleep(1_200);
  await server.ask("forget");
  return { token, refreshToken: refresh_token };
}

function judge(each: Result): Verdict[] {
  const { processes, delayMs, way, tokenCalls, reuseDetected, called, holdsLast, status } = each;
  const when = `${processes} processes, ${way}${delayMs ? `, token endpoint takes ${delayMs / 1000} s` : ""}`;
  const succeeded = called.filter((one) => one.status === 200 && !one.failure).length;
  return [
    {
      promise: `${when}: one token call by the server's own log`,
      kept: tokenCalls === 1 && reuseDetected === 0,
      seen: `${tokenCalls}, reuse detected ${reuseDetected} times`,
    },
    { promise: `${when}: all ${CALLS} calls succeed`, kept: succeeded === CALLS, seen: `${countOutcomes(called)}${firstFailure(called)}` },
    {
      promise: `${when}: the stored refresh token is the last issued`,
      kept: holdsLast && status === "VALID",
      seen: holdsLast ? status : `another, ${status}`,
    },
  ];
}

function firstFailure(called: Called[]): string {
  const failed = called.find((one) => one.status !== 200 || one.failure);
  return failed ? `; the first: ${failed.failure ?? failed.body.slice(0, 300)}` : "";
}

function table(results: Result[]): Table {
  return {
    title: `${CALLS} calls at once with an expired token (oidc-provider, refresh tokens rotate, reuse ends the grant)`,
    head: [
      "processes",
      "expired",
      "token endpoint takes",
      "token calls",
      "reuse detected",
      "200 by the API's log",
      "calls answered",
      "p50",
      "slowest",
    ],
    rows: results.map(({ processes, way, delayMs, tokenCalls, reuseDetected, accepted, called }) => [
      String(processes),
      way,
      delayMs ? seconds(delayMs) : "no time",
      String(tokenCalls),
      String(reuseDetected),
      String(accepted),
      countOutcomes(called),
      ms(median(called.map((one) => one.ms))),
      ms(Math.max(...called.map((one) => one.ms))),
    ]),
    notes: ["The chores are off in these processes: nothing but the calls could refresh."],
  };
}

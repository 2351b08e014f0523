import { setTimeout as sleep } from "node:timers/promises";
import { type Called, callApi, countOutcomes } from "../call-api.ts";
import { proxiedPath } from "../proxied-path.ts";
import { publishDraft, refreshTokenDraft } from "../publish-draft.ts";
import { type Recorder, startRecorder } from "../recorders/start-recorder.ts";
import type { TokenServerAsks } from "../recorders/token-server.ts";
import { median, seconds, type Table } from "../report.ts";
import { createUserTokenSigner } from "../sign-user-tokens.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { type Gateway, killService, openParts, type Parts } from "./open-parts.ts";
import { connectExpired, type ExpiredUser } from "./refresh-once.ts";

/**
 * quality.md, Reliability 4. The token server has rotated and its answer is on the way when the process that asked is killed: the new
 * refresh token is lost for everybody, and what is stored is worth nothing. The server's front holds the answers until the kill. Then 200
 * calls for each user over a minute, through two other gateways, while a third does the chores: the server may hear of each user once more, no
 * oftener (a second use could look like theft), and the user must be asked to reconnect.
 */
export const killedAfterRotation: Experiment = async () => {
  const server = await startRecorder<TokenServerAsks>("token-server");
  const parts = await openParts({ outboundPorts: [server.ports.front!] });
  try {
    return await makeTrial(parts, server);
  } finally {
    await parts.end();
    await server.end();
  }
};

const USERS = 5;
const CALLS_EACH = 200;
const WATCHED_MS = 60_000;
/** So many of a user's calls come at once, as soon as the process is dead; the others through the minute. */
const AT_ONCE = 50;

type Outcome = {
  sub: string;
  callsBefore: number;
  callsAfter: number;
  called: Called[];
  status: string;
  reason: string | null;
  reconnectAfterMs: number | null;
};

async function makeTrial(parts: Parts, server: Recorder<TokenServerAsks>) {
  const { scope, db, actor } = parts;
  const signer = await createUserTokenSigner(scope, db, actor);
  const resourceId = await publishDraft(
    parts,
    scope,
    "TaskLab",
    refreshTokenDraft(`http://127.0.0.1:${server.ports.front}`),
    "web-secret-for-the-demo",
  );
  // Without chores, which would renew a token as soon as it is due.
  const doomed = await parts.startGateway({ PATCHBAY_WORKER: "off" });
  const others = [await parts.startGateway({ PATCHBAY_WORKER: "off" }), await parts.startGateway({ PATCHBAY_WORKER: "off" })];
  const path = proxiedPath(scope.projectId, resourceId, "/tasks");
  const users: (ExpiredUser & { sub: string })[] = [];
  for (let number = 1; number <= USERS; number++) {
    const sub = `user-${number}`;
    const connected = await connectExpired({
      origin: doomed.origin,
      server,
      projectId: scope.projectId,
      resourceId,
      token: signer.signToken(sub),
      knowsTime: true,
    });
    users.push({ ...connected, sub });
  }

  await server.ask("hold", true);
  const lost = users.map(({ token }) => callApi({ url: doomed.origin + path, token }));
  for (let waited = 0; (await server.ask("held")) < USERS; waited += 50) {
    if (waited > 20_000)
      throw new Error(`Only ${await server.ask("held")} of ${USERS} token calls came. ${countOutcomes(await Promise.all(lost))}`);
    await sleep(50);
  }
  await killService(doomed);
  const killedAt = Date.now();
  await server.ask("hold", false);
  await server.ask("dropHeld");
  await Promise.all(lost);
  const callsBefore = await Promise.all(users.map(async ({ refreshToken }) => (await server.ask("tokenCallsOf", refreshToken)).length));

  // From now on the chores try as well.
  const withChores = parts.startGateway();
  const watched = watchStatus(parts, resourceId, killedAt);
  const outcomes = await Promise.all(users.map((user) => callThroughMinute(user, others, path, killedAt)));
  const reconnectAfter = await watched;
  await withChores;
  const results = await Promise.all(
    users.map(async ({ sub, refreshToken }, index): Promise<Outcome> => {
      const [row] = await parts.sql<{ status: string; reason: string | null }[]>`
        select c.status, c.reason from credential c join connected_user u on u.project_id = c.project_id and u.id = c.user_id
        where c.project_id = ${scope.projectId} and c.resource_id = ${resourceId} and u.external_id = ${sub}`;
      const all = await server.ask("tokenCallsOf", refreshToken);
      return {
        sub,
        callsBefore: callsBefore[index]!,
        callsAfter: all.length - callsBefore[index]!,
        called: outcomes[index]!,
        ...row!,
        reconnectAfterMs: reconnectAfter.get(sub) ?? null,
      };
    }),
  );
  return { tables: [table(results)], verdicts: judge(results) };
}

async function callThroughMinute({ token }: ExpiredUser, gateways: Gateway[], path: string, killedAt: number): Promise<Called[]> {
  const call = (index: number) => callApi({ url: gateways[index % gateways.length]!.origin + path, token });
  const calls = Array.from({ length: AT_ONCE }, (_, index) => call(index));
  const until = killedAt + WATCHED_MS;
  const began = Date.now();
  for (let index = AT_ONCE; index < CALLS_EACH; index++) {
    const due = began + ((until - began) * (index - AT_ONCE)) / (CALLS_EACH - AT_ONCE);
    await sleep(Math.max(0, due - Date.now()));
    calls.push(call(index));
  }
  await sleep(Math.max(0, until - Date.now()));
  return Promise.all(calls);
}

/** When each user's credential first stopped being VALID, in ms after the kill. */
async function watchStatus({ sql, scope }: Parts, resourceId: string, killedAt: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  while (Date.now() < killedAt + WATCHED_MS) {
    const rows = await sql<{ sub: string }[]>`
      select u.external_id as sub from credential c join connected_user u on u.project_id = c.project_id and u.id = c.user_id
      where c.project_id = ${scope.projectId} and c.resource_id = ${resourceId} and c.status = 'INVALID'`;
    for (const { sub } of rows) if (!found.has(sub)) found.set(sub, Date.now() - killedAt);
    await sleep(250);
  }
  return found;
}

function judge(results: Outcome[]): Verdict[] {
  const worst = Math.max(...results.map(({ callsAfter }) => callsAfter));
  const wrong = results.filter(({ status, reason }) => status !== "INVALID" || !/reconnect|invalid_grant/.test(reason ?? ""));
  const unanswered = results.flatMap(({ called }) => called).filter(({ failure }) => failure);
  return [
    {
      promise: "before the kill the server heard of each user once",
      kept: results.every(({ callsBefore }) => callsBefore === 1),
      seen: results.map(({ callsBefore }) => callsBefore).join(", "),
    },
    {
      promise: `killed after the server rotated: at most one token call for each user in the next ${WATCHED_MS / 1000} s under ${CALLS_EACH} calls`,
      kept: worst <= 1,
      seen: `at most ${worst}`,
    },
    {
      promise: "killed after the server rotated: the credential says reconnect",
      kept: wrong.length === 0,
      seen: [...new Set(results.map(({ status, reason }) => `${status}, ${reason}`))].join("; "),
    },
    {
      promise: "killed after the server rotated: each call of the minute is answered",
      kept: unanswered.length === 0,
      seen: countOutcomes(results.flatMap(({ called }) => called)),
    },
  ];
}

function table(results: Outcome[]): Table {
  return {
    title: `kill -9 after the server rotated, before our commit: the next ${WATCHED_MS / 1000} s, ${CALLS_EACH} calls for each user through two other gateways, chores in a third`,
    head: ["user", "token calls before", "token calls after", "status", "reason", "so after", "calls answered", "p50 of an answer"],
    rows: results.map(({ sub, callsBefore, callsAfter, status, reason, reconnectAfterMs, called }) => [
      sub,
      String(callsBefore),
      String(callsAfter),
      status,
      reason ?? "",
      reconnectAfterMs === null ? "never" : seconds(reconnectAfterMs),
      countOutcomes(called),
      seconds(median(called.map(({ ms }) => ms))),
    ]),
    notes: [`${AT_ONCE} of each user's calls at once, right after the kill; the rest spread over the minute.`],
  };
}

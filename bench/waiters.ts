import { callApi } from "./call-api.ts";
import { type Gateway, openParts } from "./faults/open-parts.ts";
import { connectExpired } from "./faults/refresh-once.ts";
import { proxiedPath } from "./proxied-path.ts";
import { publishDraft, refreshTokenDraft } from "./publish-draft.ts";
import { startRecorder } from "./recorders/start-recorder.ts";
import type { TokenServerAsks } from "./recorders/token-server.ts";
import { against, median, ms, percentile, printTable } from "./report.ts";
import { createUserTokenSigner } from "./sign-user-tokens.ts";

const PROCESSES = 8;
const CALLS = 200;
const ROUNDS = 7;
/** A token call over the internet takes about so long. */
const TOKEN_CALL_MS = 300;

type Round = { tokenCalls: number; tokenCallMs: number; expired: number[]; live: number[] };

/**
 * 200 calls at once over 8 gateways: with a token that has expired, beside the same with one that is good. All but one only wait for the
 * winner's token call, whose own time is told by the token server.
 */
export async function measureWaiters(): Promise<void> {
  const server = await startRecorder<TokenServerAsks>("token-server");
  const parts = await openParts({ outboundPorts: [server.ports.front!] });
  try {
    const { scope, db, actor } = parts;
    const signer = await createUserTokenSigner(scope, db, actor);
    const draft = refreshTokenDraft(`http://127.0.0.1:${server.ports.front}`);
    const resourceId = await publishDraft(parts, scope, "TaskLab", draft, "web-secret-for-the-demo");
    const gateways: Gateway[] = [];
    while (gateways.length < PROCESSES) gateways.push(await parts.startGateway({ PATCHBAY_WORKER: "off" }));
    const path = proxiedPath(scope.projectId, resourceId, "/tasks");
    const callAll = async (token: string) => {
      const called = await Promise.all(
        Array.from({ length: CALLS }, (_, index) => callApi({ url: gateways[index % PROCESSES]!.origin + path, token })),
      );
      const failed = called.find(({ status }) => status !== 200);
      if (failed) throw new Error(`A call was answered ${failed.failure ?? failed.status}: ${failed.body.slice(0, 300)}`);
      return called.map((each) => each.ms);
    };
    await server.ask("delay", TOKEN_CALL_MS);
    const rounds: Round[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const expiredUser = await connectExpired({
        origin: gateways[0]!.origin,
        server,
        projectId: scope.projectId,
        resourceId,
        token: signer.signToken(`user-${round}`),
        knowsTime: true,
      });
      const expired = await callAll(expiredUser.token);
      const seen = await server.ask("tokenCallsOf", expiredUser.refreshToken);
      const live = await callAll(expiredUser.token);
      const [first] = seen;
      // The first round compiles code and opens connections.
      if (round >= 0) rounds.push({ tokenCalls: seen.length, tokenCallMs: first!.answeredAt! - first!.arrivedAt, expired, live });
    }
    print(rounds);
  } finally {
    await parts.end();
    await server.end();
  }
}

function print(rounds: Round[]): void {
  const over = (what: (each: Round) => number) => median(rounds.map(what));
  const most = Math.max(...rounds.map(({ tokenCalls }) => tokenCalls));
  const p50 = over(({ expired }) => median(expired));
  const later = over(({ expired, tokenCallMs }) => median(expired) - tokenCallMs);
  const live = over(({ live: times }) => median(times));
  printTable({
    title: `${CALLS} calls at once over ${PROCESSES} processes, ${ROUNDS} rounds`,
    head: ["", "", "bar"],
    rows: [
      ["token calls for an expired token, at most", String(most), most === 1 ? "met" : "missed"],
      ["the token call, by the server", ms(over(({ tokenCallMs }) => tokenCallMs))],
      ["waiters' p50", ms(p50)],
      ["waiters' p99", ms(over(({ expired }) => percentile(expired, 0.99)))],
      ["the same calls with a good token, p50", ms(live)],
      ["waiters' p50 beyond the token call", ms(later), `goal 10 ms ${against(later, { most: 10 })}`],
      [
        "and beyond what the calls take anyway",
        ms(over(({ expired, live: times, tokenCallMs }) => median(expired) - tokenCallMs - median(times))),
      ],
    ],
  });
}

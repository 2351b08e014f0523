import { connectPath } from "#lib/paths.ts";
import { applyLoad, type LoadResult } from "./apply-load.ts";
import { callApi } from "./call-api.ts";
import type { Product } from "./open-product.ts";
import { proxiedPath } from "./proxied-path.ts";
import { apiKeyDraft, publishDraft } from "./publish-draft.ts";
import type { ApiAsks } from "./recorders/api.ts";
import type { Recorder } from "./recorders/start-recorder.ts";
import { against, interleave, median, ms, perSecond, printTable, ratio } from "./report.ts";
import { local, startBaseline } from "./start-baseline.ts";

const CONNECTIONS = 16;
const USERS = 1_000;
const CALLS = 3_000;
const CALLS_ALONE = 400;
const ROUNDS = 5;
const LIMIT = "bare node:http";
const DIRECT = "the API itself";

/** GET through the resource, on the gateway and on the Next mount, beside the least code that does the same, and beside no detour at all. */
export async function measureProxied(product: Product, api: Recorder<ApiAsks>): Promise<void> {
  const { scope } = product;
  const apiOrigin = `http://127.0.0.1:${api.ports.http}`;
  const resourceId = await publishDraft(product, scope, "Measured", apiKeyDraft(apiOrigin));
  const tokens = product.signTokens("user", USERS);
  await connectAll(product, resourceId, tokens);
  await product.sql`vacuum analyze`;
  const baseline = await startBaseline("proxied", product, {
    BENCH_PROJECT: scope.projectId,
    BENCH_RESOURCE: resourceId,
    BENCH_USERS: String(USERS),
    BENCH_API_PORT: String(api.ports.http),
  });
  const path = proxiedPath(scope.projectId, resourceId, "/tasks");
  const contenders: Record<string, { origin: string; path: string }> = {
    [DIRECT]: { origin: apiOrigin, path: "/tasks" },
    [LIMIT]: { origin: baseline.origin, path },
    gateway: { origin: local(product.app.gateway), path },
    "Next mount": { origin: local(product.app.web), path: `/api${path}` },
  };
  const run = (name: string, connections: number, amount: number): Promise<LoadResult> => {
    const contender = contenders[name]!;
    return applyLoad({
      origin: contender.origin,
      connections,
      amount: name === "Next mount" ? amount / 3 : amount,
      request: (index) => ({ method: "GET", path: contender.path, headers: { authorization: `Bearer ${tokens[index % USERS]}` } }),
    });
  };
  const loaded = (connections: number, amount: number) =>
    interleave(ROUNDS, Object.fromEntries(Object.keys(contenders).map((name) => [name, () => run(name, connections, amount)])));
  try {
    for (const name of Object.keys(contenders)) await run(name, CONNECTIONS, CALLS);
    printLoaded(await loaded(CONNECTIONS, CALLS));
    printAlone(await loaded(1, CALLS_ALONE));
  } finally {
    baseline.child.disconnect();
  }
}

async function connectAll(product: Product, resourceId: string, tokens: string[]): Promise<void> {
  const url = local(product.app.gateway) + connectPath(product.scope.projectId, resourceId);
  const waiting = tokens.map((token, index) => ({ token, key: `key-of-user-${index}` }));
  const connectNext = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const called = await callApi({ url, method: "POST", token: next.token, json: { key: next.key } });
      if (called.status !== 200) throw new Error(`A connect call was answered ${called.status}: ${called.body}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connectNext));
}

const shareOf = (rounds: LoadResult[], other: LoadResult[], what: (each: LoadResult) => number) =>
  median(rounds.map((each, round) => what(each) / what(other[round]!)));

function printLoaded(results: Record<string, LoadResult[]>): void {
  printTable({
    title: `Proxied GET, ${CONNECTIONS} connections`,
    head: ["", "calls", "of limit", "bar 0.7", "goal 0.85", "p50", "p99", "× limit's p99"],
    rows: Object.entries(results).map(([name, rounds]) => {
      const share = shareOf(rounds, results[LIMIT]!, ({ perSecond: rate }) => rate);
      return [
        name,
        perSecond(median(rounds.map((each) => each.perSecond))),
        ratio(share),
        name === "gateway" ? against(share, { least: 0.7 }) : "",
        name === "gateway" ? against(share, { least: 0.85 }) : "",
        ms(median(rounds.map((each) => each.p50))),
        ms(median(rounds.map((each) => each.p99))),
        ratio(shareOf(rounds, results[LIMIT]!, ({ p99 }) => p99)),
      ];
    }),
  });
}

function printAlone(results: Record<string, LoadResult[]>): void {
  const more = (name: string, than: string) => median(results[name]!.map((each, round) => each.p50 - results[than]![round]!.p50));
  printTable({
    title: "Proxied GET, 1 connection",
    head: ["", "p50", "more than direct", "more than limit", "bar + 0.5 ms"],
    rows: Object.keys(results).map((name) => [
      name,
      ms(median(results[name]!.map((each) => each.p50))),
      ms(more(name, DIRECT)),
      ms(more(name, LIMIT)),
      name === "gateway" ? against(more(name, LIMIT), { most: 0.5 }) : "",
    ]),
  });
}

import { Agent, get } from "node:http";
import { resourcesPath } from "#lib/paths.ts";
import { applyLoad } from "./apply-load.ts";
import { LISTED_RESOURCES, type Product } from "./open-product.ts";
import { against, interleave, median, ms, percentile, perSecond, printTable, ratio } from "./report.ts";
import type { BareNext } from "./start-bare-next.ts";

const ROUNDS = 5;
const LATENCY_REQUESTS = 60;
const LOAD_REQUESTS = 200;
const LOAD_CONNECTIONS = 8;

type Figures = { perSecond: number; ttfb: number[] };

/** The Resources page with 50 rows, signed in, beside a bare Next page that reads and lists the same 50. */
export async function measurePage(product: Product, bareNext: BareNext, cookie: string): Promise<void> {
  const pages = {
    "bare Next": { origin: bareNext.origin, path: "/", headers: {} },
    "Resources page": {
      origin: product.app.web.replace("//localhost", "//127.0.0.1"),
      path: resourcesPath(product.scope.projectId),
      headers: { cookie },
    },
  };
  const measure = async ({ origin, path, headers }: (typeof pages)["bare Next"]): Promise<Figures> => {
    const ttfb = await timeFirstBytes(origin + path, headers);
    const load = {
      origin,
      connections: LOAD_CONNECTIONS,
      amount: LOAD_REQUESTS,
      request: () => ({ method: "GET" as const, path, headers }),
    };
    return { ttfb, perSecond: (await applyLoad(load)).perSecond };
  };
  for (const page of Object.values(pages)) await measure(page);
  const results = await interleave(ROUNDS, {
    "bare Next": () => measure(pages["bare Next"]),
    "Resources page": () => measure(pages["Resources page"]),
  });
  const share = median(results["Resources page"].map((each, round) => each.perSecond / results["bare Next"][round]!.perSecond));
  const row = (name: keyof typeof results) => {
    const p50 = median(results[name].map(({ ttfb }) => percentile(ttfb, 0.5)));
    const isOurs = name === "Resources page";
    return [
      name,
      ms(p50),
      isOurs ? against(p50, { most: 50 }) : "",
      ms(median(results[name].map(({ ttfb }) => percentile(ttfb, 0.99)))),
      perSecond(median(results[name].map((each) => each.perSecond))),
      isOurs ? ratio(share) : ratio(1),
      isOurs ? against(share, { least: 0.5 }) : "",
    ];
  };
  printTable({
    title: `Dashboard page with ${LISTED_RESOURCES} rows: first byte at 1 connection, pages at ${LOAD_CONNECTIONS}`,
    head: ["", "first byte p50", "bar 50 ms", "p99", "pages", "of bare", "bar 0.5"],
    rows: [row("bare Next"), row("Resources page")],
  });
}

async function timeFirstBytes(url: string, headers: Record<string, string>): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let index = 0; index < LATENCY_REQUESTS; index++) {
    const before = performance.now();
    await new Promise<void>((resolve, reject) => {
      get(url, { agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}.`));
        response.once("readable", () => {
          times.push(performance.now() - before);
          response.resume();
        });
        response.once("end", resolve);
      }).once("error", reject);
    });
  }
  agent.destroy();
  return times;
}

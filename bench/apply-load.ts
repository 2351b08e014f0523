import autocannon from "autocannon";
import { percentile } from "./report.ts";

export type Load = {
  /** Origin, such as http://127.0.0.1:3001. */
  origin: string;
  connections: number;
  /** Requests in all. */
  amount: number;
  /** So many a second over all connections; else as fast as they are answered. */
  rate?: number;
  /** The request number `index`, counted from 0 over all connections. */
  request: (index: number) => { method?: "GET" | "POST"; path: string; headers?: Record<string, string>; body?: string };
};

export type LoadResult = { perSecond: number; p50: number; p99: number };

/** Sends `amount` requests over keep-alive connections. Throws when any is not answered 2xx: a fast refusal is no result. */
export async function applyLoad({ origin, connections, amount, rate, request }: Load): Promise<LoadResult> {
  let index = 0;
  const times: number[] = [];
  const before = performance.now();
  let last = before;
  const run = autocannon({
    url: origin,
    connections,
    amount,
    timeout: 30,
    ...(rate === undefined ? {} : { overallRate: rate }),
    // One past the end is prepared for each connection; it is never sent.
    requests: [{ setupRequest: (template) => ({ ...template, ...request(index++ % amount) }) }],
  });
  run.on("response", (_client, _status, _bytes, took) => {
    times.push(took);
    last = performance.now();
  });
  const { non2xx, errors, timeouts } = await run;
  if (non2xx + errors + timeouts > 0) {
    throw new Error(`${origin}: of ${amount} requests ${non2xx} were not answered 2xx, ${errors} failed, ${timeouts} timed out.`);
  }
  return { perSecond: (times.length / (last - before)) * 1000, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** Makes one call after another at a steady pace and notes how long each took, in a process of its own: no work of the judge delays it. */
import { Agent, request } from "node:http";
import { serveAsks } from "./serve-asks.ts";

type Pace = { url: string; headers: Record<string, string>; everyMs: number; forMs: number };
export type Metered = { times: number[]; failed: string[] };

const agent = new Agent({ keepAlive: true });

function callOnce({ url, headers }: Pace): Promise<string | null> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent, headers }, (incoming) => {
      incoming.resume();
      incoming.once("end", () => resolve(incoming.statusCode === 200 ? null : String(incoming.statusCode)));
      incoming.once("error", (error) => resolve(error.message));
    });
    outgoing.once("error", (error) => resolve(error.message));
    outgoing.end();
  });
}

const asks = {
  /** Times in ms, of the calls that began within `forMs`. */
  measure: async (pace: Pace): Promise<Metered> => {
    const metered: Metered = { times: [], failed: [] };
    const began = performance.now();
    for (let due = began; performance.now() < began + pace.forMs; due = Math.max(due + pace.everyMs, performance.now())) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const before = performance.now();
      const failure = await callOnce(pace);
      metered.times.push(performance.now() - before);
      if (failure) metered.failed.push(failure);
    }
    return metered;
  },
};
export type MeterAsks = typeof asks;

serveAsks({}, asks);

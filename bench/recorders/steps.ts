/** An API that workflows call: it writes down each Idempotency-Key with the time that it came, and answers after some milliseconds. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveAsks } from "./serve-asks.ts";

const BODY = Buffer.from('{"done":true}');
const HEADERS = { "content-type": "application/json", "content-length": BODY.length };
const ANSWER_MS = 5;

/** Milliseconds since 1970, by key. */
const times = new Map<string, number[]>();

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const key = request.headers["idempotency-key"];
  if (typeof key === "string") times.set(key, [...(times.get(key) ?? []), Date.now()]);
  request.resume();
  setTimeout(() => response.writeHead(200, HEADERS).end(BODY), ANSWER_MS);
});

const asks = {
  times: (): [string, number[]][] => [...times],
  calls: (): number => times.size,
};
export type StepsAsks = typeof asks;

server.listen(0, "127.0.0.1", () => serveAsks({ http: (server.address() as AddressInfo).port }, asks));

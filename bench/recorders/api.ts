/**
 * An API that answers at once and counts who called when: by the key that came in X-Key. Nothing else, so that it is never the slowest.
 * Under /slow it takes 200 ms.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveAsks } from "./serve-asks.ts";

const BODY = Buffer.from(JSON.stringify({ data: [{ id: "northgate-1", title: "Send the letter", done: false }] }));
const HEADERS = { "content-type": "application/json", "content-length": BODY.length };

let calls = 0;
let isCounting = false;
/** Milliseconds since 1970, by key. */
const times = new Map<string, number[]>();

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  calls++;
  if (isCounting) {
    const key = request.headers["x-key"];
    if (typeof key === "string") {
      const known = times.get(key);
      if (known) known.push(Date.now());
      else times.set(key, [Date.now()]);
    }
  }
  request.resume();
  if (request.url!.startsWith("/slow")) setTimeout(() => response.writeHead(200, HEADERS).end(BODY), 200);
  else response.writeHead(200, HEADERS).end(BODY);
});

const asks = {
  calls: (): number => calls,
  count: () => {
    isCounting = true;
    times.clear();
  },
  /** By key, when it was seen. */
  times: (): [string, number[]][] => [...times],
};
export type ApiAsks = typeof asks;

server.listen(0, "127.0.0.1", () => serveAsks({ http: (server.address() as AddressInfo).port }, asks));

import type { Server as HttpServer } from "node:http";
import { Server } from "node:net";

/** A request that is on its way on a kept connection arrives within this. */
const IDLE_GRACE_MS = 1_000;

/**
 * Ends a server under load without a failed request: takes no new connection, answers what comes on those that are open and tells their
 * callers to open another, which finds the next process. http's own close() ends idle connections at once, under requests that are just
 * being sent, and lets busy ones live for as long as their callers keep them busy. Resolves when the last connection has ended.
 */
export async function drainServer(server: HttpServer): Promise<void> {
  server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  const ended = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
  const timer = setInterval(() => server.closeIdleConnections(), IDLE_GRACE_MS);
  await ended;
  clearInterval(timer);
}

import { subscribe } from "node:diagnostics_channel";
import type { Server, ServerResponse } from "node:http";

/** A request that is on its way on a kept connection arrives within this. */
const IDLE_GRACE_MS = 1_000;

/**
 * After SIGTERM Next takes no new connection, ends idle ones at once, under requests that are just being sent, and answers on busy ones
 * for as long as their callers keep them busy. Here each answer from that signal on tells its caller to open another connection, which
 * finds the next process, and idle ones are ended a moment later. The gateway does the same by server/drain-server.
 */
export function closeKeptConnections(): void {
  let ending = false;
  process.once("SIGTERM", () => {
    ending = true;
  });
  const known = new WeakSet<Server>();
  subscribe("http.server.request.start", (message) => {
    const { server, response } = message as { server: Server; response: ServerResponse };
    if (ending) response.setHeader("Connection", "close");
    if (known.has(server)) return;
    known.add(server);
    // Asked for by close().
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => void setInterval(closeIdle, IDLE_GRACE_MS).unref();
  });
}

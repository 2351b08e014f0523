import { subscribe } from "node:diagnostics_channel";
import type { Server, ServerResponse } from "node:http";

/** A request that is on its way on a kept connection arrives within this. */
const IDLE_GRACE_MS = 1_000;

/** Idle connections stay open longer than reverse proxies keep theirs (60 s is their usual time), so that it is they who end one. */
const KEPT_MS = 75_000;

/**
 * How long the dashboard's connections stay. Next ends an idle one after 5 s, which a reverse proxy, or any caller that keeps
 * connections, meets as a reset under a request just sent.
 *
 * After SIGTERM Next takes no new connection, ends idle ones at once, and answers on busy ones for as long as their callers keep them
 * busy. Here each answer from that signal on tells its caller to open another connection, which finds the next process, and idle ones
 * are ended a moment later. The gateway does both by server/serve-api and server/drain-server.
 */
export function keepConnections(): void {
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
    server.keepAliveTimeout = KEPT_MS;
    // Asked for by close().
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => void setInterval(closeIdle, IDLE_GRACE_MS).unref();
  });
}

import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

/**
 * After SIGTERM Next takes no new connection, but answers on kept ones for as long as their callers keep them busy, and is then ended
 * under them. From that signal on each answer tells its caller to open another connection, which finds the next process.
 */
export function closeKeptConnections(): void {
  let ending = false;
  process.once("SIGTERM", () => {
    ending = true;
  });
  subscribe("http.server.request.start", (message) => {
    if (ending) (message as { response: ServerResponse }).response.setHeader("Connection", "close");
  });
}

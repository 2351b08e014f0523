import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#lib/errors.ts";
import type { Settings } from "./read-settings.ts";

const VARIABLES = { web: "PORT", gateway: "API_PORT", tasklab: "EXAMPLE_PORT" } as const;

/**
 * Refuses while a port is in use or not ours to open, after `patience` ms of trying. Another process may still take it before
 * we do; then its server says so.
 */
export async function checkPorts(ports: Settings["ports"], patience = 0): Promise<void> {
  const deadline = Date.now() + patience;
  for (const name of ["web", "gateway", "tasklab"] as const) {
    const port = ports[name];
    if (port === undefined) continue;
    let code = await tryPort(port);
    while (code === "EADDRINUSE" && Date.now() < deadline) {
      await sleep(50);
      code = await tryPort(port);
    }
    if (code === undefined) continue;
    const why = code === "EACCES" ? `This user may not open port ${port}` : `Port ${port} is taken`;
    const otherwise = code === "EACCES" ? "" : "Stop what uses it, or set ";
    throw new AppError("internal", `${why}. ${otherwise || "Set "}${VARIABLES[name]} to another port.`);
  }
}

/** The error code of listening on `port` on all addresses, as our servers do; undefined when it is free. */
async function tryPort(port: number): Promise<string | undefined> {
  // Without IPv6 the first attempt fails with EAFNOSUPPORT, which says nothing about the port.
  for (const host of ["::", "0.0.0.0", "127.0.0.1"]) {
    const code = await listen(port, host);
    if (code !== undefined && code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL") return code;
  }
  return undefined;
}

function listen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

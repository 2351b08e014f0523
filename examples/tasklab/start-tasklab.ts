import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EventLog } from "./event-log.ts";
import { createHandler } from "./handle-request.ts";
import { createOAuthServer } from "./oauth-server.ts";
import { Webhooks } from "./webhooks.ts";

export interface TasklabOptions {
  /** 0 takes a free port. */
  port: number;
  /** A loopback address: TaskLab guards nothing, so it listens nowhere else. With the default, ::1 is served as well where it exists. */
  host?: string;
  /** Seconds an access token lives, unless a mint or a switch says otherwise. */
  lifetime?: number;
  /** Origins that webhooks may be sent to; without, any port of this machine. */
  hooksTo?: readonly string[];
}

export interface Tasklab {
  /** http://localhost:<port>, without a trailing slash. */
  url: string;
  port: number;
  log: EventLog;
  /** Cuts open connections: held and dripping answers would keep it waiting for minutes. */
  close(): Promise<void>;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

export async function startTasklab({ port, host = "127.0.0.1", lifetime = 300, hooksTo }: TasklabOptions): Promise<Tasklab> {
  if (!LOOPBACK.test(host)) throw new Error(`TaskLab listens on loopback only, not on "${host}". Set EXAMPLE_HOST to 127.0.0.1.`);
  const log = new EventLog();
  let handle = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(503, { "retry-after": "1" }).end();
  };
  const serve = () => createServer({ keepAliveTimeout: 5_000 }, (request, response) => handle(request, response));

  const server = serve();
  await listen(server, port, host);
  const taken = (server.address() as AddressInfo).port;
  const servers = [server];
  // "localhost" resolves to ::1 first on many machines, and a client that pins one address finds nothing there.
  if (host === "127.0.0.1") {
    const six = serve();
    await listen(six, taken, "::1").then(
      () => servers.push(six),
      () => undefined,
    );
  }

  const url = `http://${host === "127.0.0.1" ? "localhost" : host.includes(":") ? `[${host}]` : host}:${taken}`;
  const oauth = await createOAuthServer(url, log);
  const webhooks = new Webhooks(hooksTo);
  handle = createHandler(log, oauth, webhooks, lifetime).handle;

  return {
    url,
    port: taken,
    log,
    async close() {
      webhooks.close();
      await Promise.all(servers.map((open) => closeServer(open)));
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

import { Agent, request } from "node:http";

/** `failure` when there was no whole answer: the connection was refused, reset, or ended too early. */
export type Called = { status: number; body: string; bytes: number; ms: number; failure?: string };

export type ApiCall = {
  url: string;
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  json?: unknown;
  /** As it stands, instead of `json`. */
  text?: string;
  agent?: Agent;
  timeoutMs?: number;
  /** Stops reading after so long, and says what had come. */
  readForMs?: number;
  /** Reads no faster than this. */
  bytesPerSecond?: number;
};

const KEPT = 64 * 1024;

/** Many at once, each on a connection of its own that is kept. */
export const keepingAgent = (maxSockets = Number.POSITIVE_INFINITY): Agent => new Agent({ keepAlive: true, maxSockets });

const shared = keepingAgent();

/** One call to a machine door. Never throws; keeps the first 64 KiB of the body. */
export function callApi({
  url,
  method = "GET",
  token,
  headers = {},
  json,
  text,
  agent = shared,
  timeoutMs = 120_000,
  readForMs,
  bytesPerSecond,
}: ApiCall): Promise<Called> {
  const before = performance.now();
  const called: Called = { status: 0, body: "", bytes: 0, ms: 0 };
  const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
  return new Promise((resolve) => {
    const end = (failure?: string) => {
      clearTimeout(late);
      clearTimeout(enough);
      resolve({ ...called, ms: performance.now() - before, ...(failure ? { failure } : {}) });
    };
    const outgoing = request(
      url,
      {
        method,
        agent,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (incoming) => {
        called.status = incoming.statusCode!;
        const began = performance.now();
        incoming.on("data", (chunk: Buffer) => {
          if (called.bytes < KEPT) called.body += chunk.toString("latin1");
          called.bytes += chunk.length;
          if (bytesPerSecond === undefined) return;
          const early = (called.bytes / bytesPerSecond) * 1000 - (performance.now() - began);
          if (early < 1) return;
          incoming.pause();
          setTimeout(() => incoming.resume(), early);
        });
        incoming.once("end", () => end());
        incoming.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
        incoming.once("close", () => end(incoming.complete ? undefined : "ended too early"));
      },
    );
    outgoing.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    const stop = (failure: string) => () => {
      end(failure);
      outgoing.destroy();
    };
    const late = setTimeout(stop(`no end within ${timeoutMs / 1000} s`), timeoutMs);
    const enough = readForMs === undefined ? undefined : setTimeout(stop("stopped reading"), readForMs);
    outgoing.end(body);
  });
}

/** How often each happened, most frequent first: "198 × 200, 2 × ECONNRESET". */
export function countOutcomes(calls: Called[]): string {
  const counts = new Map<string, number>();
  for (const { status, failure } of calls) {
    const name = failure ?? String(status);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} × ${name}`)
    .join(", ");
}

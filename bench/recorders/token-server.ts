/**
 * TaskLab (oidc-provider, refresh tokens rotate, reuse ends the family) behind a front that writes down each token call: what was sent,
 * what was issued, and when. The front can hold an answer back, after the server has rotated: that is the moment to kill whoever asked.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startTasklab } from "../../examples/tasklab/start-tasklab.ts";
import { serveAsks } from "./serve-asks.ts";

export type TokenCallSeen = {
  /** Milliseconds since 1970. */
  arrivedAt: number;
  answeredAt: number | null;
  sent: string;
  status: number;
  /** The refresh token that came back, if one did. */
  issued: string | null;
  accessToken: string | null;
};

export type Minted = { access_token: string; refresh_token: string; client_secret: string };

const tasklab = await startTasklab({ port: 0 });
const seen: TokenCallSeen[] = [];
let isHolding = false;
let delayMs = 0;
/** Answers that the server has given and nobody has got. */
let held: { release: () => void; drop: () => void }[] = [];

function read(stream: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => resolve(Buffer.concat(chunks)));
    stream.on("error", reject);
  });
}

function forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<{ response: IncomingMessage; answer: Buffer }> {
  return new Promise((resolve, reject) => {
    const onward = request(
      { host: "127.0.0.1", port: tasklab.port, method, path: url, headers: { ...headers, host: `localhost:${tasklab.port}` } },
      (response) => read(response).then((answer) => resolve({ response, answer }), reject),
    );
    onward.once("error", reject);
    onward.end(body);
  });
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const arrivedAt = Date.now();
  const body = await read(incoming);
  const isTokenCall = incoming.method === "POST" && incoming.url!.endsWith("/oauth/token");
  if (isTokenCall && delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  const { response, answer: bytes } = await forward(incoming, body);
  if (isTokenCall) {
    const { refresh_token: issued = null, access_token: accessToken = null } = JSON.parse(bytes.toString()) as Partial<Minted>;
    const sent = new URLSearchParams(body.toString()).get("refresh_token") ?? "";
    const entry: TokenCallSeen = { arrivedAt, answeredAt: null, sent, status: response.statusCode!, issued, accessToken };
    seen.push(entry);
    if (isHolding) {
      const isWanted = await new Promise<boolean>((resolve) => held.push({ release: () => resolve(true), drop: () => resolve(false) }));
      if (!isWanted) return void outgoing.destroy();
    }
    entry.answeredAt = Date.now();
  }
  outgoing.writeHead(response.statusCode!, response.headers).end(bytes);
}

const front = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy());
});
front.listen(0, "127.0.0.1", () => serveAsks({ front: (front.address() as AddressInfo).port }, asks));

const asks = {
  mint: async (wish: Record<string, unknown>): Promise<Minted> => {
    const response = await fetch(`${tasklab.url}/mint`, {
      method: "POST",
      body: JSON.stringify(wish),
      headers: { "content-type": "application/json" },
    });
    return (await response.json()) as Minted;
  },
  /** What the front wrote down of this grant: the calls that sent `refreshToken` or one issued for it. */
  tokenCallsOf: (refreshToken: string): TokenCallSeen[] => {
    const family = new Set([refreshToken]);
    return seen.filter(({ sent, issued }) => {
      if (!family.has(sent)) return false;
      if (issued) family.add(issued);
      return true;
    });
  },
  tokenCalls: (): number => seen.length,
  /** TaskLab's own log and counters, beside what the front wrote down. */
  own: () => {
    const calls = tasklab.log.list({ kind: "api" });
    const { tokenCalls, reuseDetected } = tasklab.log.counters;
    return {
      tokenCalls,
      reuseDetected,
      accepted: calls.filter(({ status }) => status === 200).length,
      refused: calls.filter(({ status }) => status === 401).length,
    };
  },
  forget: () => {
    seen.length = 0;
    tasklab.log.reset();
  },
  /** How long the server takes over a token call before it does anything. */
  delay: (ms: number) => {
    delayMs = ms;
  },
  hold: (on: boolean) => {
    isHolding = on;
  },
  held: (): number => held.length,
  dropHeld: () => {
    for (const { drop } of held) drop();
    held = [];
  },
};
export type TokenServerAsks = typeof asks;

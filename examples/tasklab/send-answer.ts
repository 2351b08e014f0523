import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "./answer.ts";

const DRIP_FOR_MS = 10 * 60_000;
const MEBIBYTE = Buffer.alloc(1024 * 1024, "x");

/** Sends the answer as it asks to be delivered. Resolves once it has left, or the other side has gone. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    if (answer.holdMs) await wait(answer.holdMs, undefined, { signal: gone.signal });
    if (response.destroyed) return;
    await deliver(response, answer, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function deliver(response: ServerResponse, { status, headers, body, deliver }: Answer, gone: AbortSignal): Promise<void> {
  const bytes = Buffer.from(body);
  const bodiless = status === 204 || status === 304 || status < 200;

  switch (deliver?.as) {
    case undefined:
      response.writeHead(status, bodiless ? headers : { ...headers, "content-length": bytes.length });
      response.end(bodiless ? undefined : bytes);
      return;
    case "cut":
      response.writeHead(status, { ...headers, "content-length": bytes.length + 1 });
      response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      // Long enough for the half to arrive, since a reset discards what is still on its way.
      await wait(20, undefined, { signal: gone });
      response.socket?.resetAndDestroy();
      return;
    case "drip":
      response.writeHead(status, headers);
      for (let sent = 0; sent < DRIP_FOR_MS; sent += deliver.everyMs) {
        response.write(" ");
        await wait(deliver.everyMs, undefined, { signal: gone });
      }
      response.end('{"data":[]}');
      return;
    case "parts":
      response.writeHead(status, headers);
      for (const part of deliver.parts) {
        await wait(deliver.everyMs, undefined, { signal: gone });
        response.write(part);
      }
      response.end();
      return;
    case "big":
      response.writeHead(status, headers);
      response.write('{"data":"');
      for (let sent = 0; sent < deliver.mebibytes; sent += 1) {
        if (!response.write(MEBIBYTE)) await drained(response, gone);
      }
      response.end('"}');
  }
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once("drain", resolve);
    gone.addEventListener("abort", () => reject(gone.reason), { once: true });
  });
}

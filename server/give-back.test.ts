import { createHash } from "node:crypto";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { GivingResponse } from "./give-back.ts";

let close = () => {};
afterEach(() => close());

/** What a server answers by `write`; `read` is called with the answer at its head. */
async function answer<Result>(
  write: (response: GivingResponse) => void,
  read: (incoming: IncomingMessage) => Promise<Result>,
): Promise<Result> {
  const server = createServer({ ServerResponse: GivingResponse }, (_request, response) => write(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }, resolve).once("error", reject);
  });
  return read(incoming);
}

async function digest(incoming: IncomingMessage): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of incoming) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

const piece = (letter: number) => Buffer.alloc(65_536, letter);

test("a piece is given back when it has been sent, and arrives whole", async () => {
  const sent = Array.from({ length: 200 }, (_, index) => piece(index));
  const expected = createHash("sha256").update(Buffer.concat(sent)).digest("hex");
  const arrived = await answer((response) => {
    for (const each of sent) response.write(each);
    response.end();
  }, digest);
  expect(arrived).toBe(expected);
  expect(sent.every(({ buffer }) => (buffer as ArrayBuffer).detached)).toBe(true);
});

test("a piece that still waits for a reader keeps its memory", async () => {
  const sent = Array.from({ length: 400 }, (_, index) => piece(index));
  const expected = createHash("sha256").update(Buffer.concat(sent)).digest("hex");
  const isKept = () => sent.some(({ buffer }) => !(buffer as ArrayBuffer).detached);
  const seen = await answer(
    (response) => {
      for (const each of sent) response.write(each);
      response.end();
    },
    async (incoming) => {
      incoming.pause();
      await sleep(200);
      return { whileWaiting: isKept(), arrived: await digest(incoming), after: isKept() };
    },
  );
  expect(seen).toEqual({ whileWaiting: true, arrived: expected, after: false });
});

test("memory that a piece shares with something else stays", async () => {
  const whole = piece(7);
  const part = whole.subarray(0, 1_000);
  await answer((response) => response.end(void response.write(part)), digest);
  expect((whole.buffer as ArrayBuffer).detached).toBe(false);
  expect(part.every((byte) => byte === 7)).toBe(true);
});

test("whoever writes still hears when a piece was sent, with and without an encoding", async () => {
  const heard: string[] = [];
  await answer((response) => {
    response.write("text", "utf8", () => heard.push("text"));
    response.write(piece(1), () => heard.push("piece"));
    response.end();
  }, digest);
  expect(heard).toEqual(["text", "piece"]);
});

import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { drainServer } from "./drain-server.ts";

async function listen() {
  const server = createServer((incoming, response) => {
    const ms = Number(new URL(incoming.url!, "http://x").searchParams.get("takes") ?? 0);
    setTimeout(() => response.end("done"), ms);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function call(port: number, agent: Agent, path = "/"): Promise<{ status: number; connection: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, agent }, async (incoming: IncomingMessage) => {
      let body = "";
      for await (const chunk of incoming) body += chunk;
      resolve({ status: incoming.statusCode!, connection: incoming.headers.connection, body });
    });
    outgoing.once("error", reject);
    outgoing.end();
  });
}

test("a kept connection is answered while the server ends, and told to close; a new one is refused", async () => {
  const { server, port } = await listen();
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await call(port, kept)).toMatchObject({ status: 200, connection: "keep-alive" });
  const drained = drainServer(server);
  await sleep(50);
  expect(await call(port, kept)).toEqual({ status: 200, connection: "close", body: "done" });
  await expect(call(port, new Agent())).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await drained;
});

test("a call in flight is answered whole, and the server ends after it", async () => {
  const { server, port } = await listen();
  const slow = call(port, new Agent({ keepAlive: true }), "/?takes=1500");
  await sleep(50);
  const drained = drainServer(server).then(() => "drained");
  expect(await Promise.race([drained, slow])).toMatchObject({ status: 200, body: "done" });
  expect(await drained).toBe("drained");
});

test("callers that never pause don't keep the server alive", async () => {
  const { server, port } = await listen();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let failure: unknown;
  let isOver = false;
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver && !failure) {
      await call(port, agent, "/?takes=5").catch((error: { code: string }) => {
        if (error.code !== "ECONNREFUSED") failure = error;
        isOver = true;
      });
    }
  });
  await sleep(100);
  const before = performance.now();
  await drainServer(server);
  expect(performance.now() - before).toBeLessThan(3_000);
  await Promise.all(callers);
  expect(failure).toBeUndefined();
});

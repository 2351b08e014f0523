import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";

const SERVER = new URL("./server.ts", import.meta.url).pathname;
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER], { env: { ...process.env, ...env } });
  started.push(child);
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output.text += chunk));
  return { child, output };
}

test.each(["SIGTERM", "SIGINT"] as const)("it says one line, serves, and ends at once on %s", async (signal) => {
  const { child, output } = start({ EXAMPLE_PORT: "0" });
  await expect.poll(() => output.text, { timeout: 10_000 }).toMatch(/\n/);
  expect(output.text).toMatch(/^TaskLab, the example API, is at http:\/\/localhost:\d+\n$/);
  const url = output.text.trim().split(" ").at(-1)!;
  expect((await fetch(`${url}/healthz`)).status).toBe(200);

  const held = fetch(`${url}/switch/slow=60000/open/me`).catch(() => "cut");
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await held).toBe("cut");
  // Nothing but the one line: oidc-provider's warnings would show here.
  expect(output.text.split("\n")).toHaveLength(2);
});

test("a taken port and a bad value end with one sentence that says the fix", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const port = String((other.address() as AddressInfo).port);
  for (const [env, sentence] of [
    [{ EXAMPLE_PORT: port }, `TaskLab did not start. Port ${port} is taken. End what uses it, or set EXAMPLE_PORT to another one.\n`],
    [{ EXAMPLE_PORT: "http" }, 'TaskLab did not start. EXAMPLE_PORT is a whole number from 0 to 65535, not "http".\n'],
  ] as const) {
    const { child, output } = start(env);
    const [code] = await once(child, "close");
    expect([code, output.text]).toEqual([1, sentence]);
  }
  other.close();
});

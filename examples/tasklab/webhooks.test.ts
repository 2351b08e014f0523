import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTasklab, type Tasklab } from "./start-tasklab.ts";

let tasklab: Tasklab;
const received: { headers: Record<string, string>; body: string }[] = [];
let refusals = 0;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  received.push({ headers: request.headers as Record<string, string>, body });
  response.writeHead(refusals-- > 0 ? 503 : 200).end();
});
let url = "";
beforeAll(async () => {
  tasklab = await startTasklab({ port: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
});
afterAll(async () => {
  server.close();
  await tasklab.close();
});

const ADA = { "x-api-key": "tl_key_ada_5f1c0e7b", "content-type": "application/json" };
const GRACE = { "x-api-key": "tl_key_grace_9b24d6a1", "content-type": "application/json" };
const post = (path: string, body: unknown, headers: Record<string, string> = ADA) =>
  fetch(`${tasklab.url}/northgate/key${path}`, { method: "POST", headers, body: JSON.stringify(body) });
type Made = { data: { id: string; secret: string } };

test("whoever subscribed gets signed events of their own, again when they aren't taken, until they unsubscribe", async () => {
  const { data } = (await (await post("/webhooks", { url, events: ["task.created"] })).json()) as Made;
  refusals = 1;
  await post("/tasks", { title: "Write the note" });
  await post("/events", { type: "task.flagged" });
  await post("/tasks", { title: "Somebody else's" }, GRACE);
  await expect.poll(() => received.length, { timeout: 5_000 }).toBe(2);
  const [first, second] = received;
  expect(first!.headers["webhook-id"]).toBe(second!.headers["webhook-id"]);
  expect(new Webhook(data.secret).verify(second!.body, second!.headers)).toMatchObject({
    type: "task.created",
    user: { id: "ada" },
    data: { title: "Write the note" },
  });

  expect((await fetch(`${tasklab.url}/northgate/key/webhooks/${data.id}`, { method: "DELETE", headers: GRACE })).status).toBe(404);
  expect((await fetch(`${tasklab.url}/northgate/key/webhooks/${data.id}`, { method: "DELETE", headers: ADA })).status).toBe(204);
  expect(await (await post("/events", { type: "task.created" })).json()).toMatchObject({ data: { listeners: 0 } });
});

test("a repeated call with the same key makes one subscription; a bad one is refused with the reason", async () => {
  const headers = { ...ADA, "idempotency-key": "once" };
  const one = (await (await post("/webhooks", { url }, headers)).json()) as Made;
  const two = (await (await post("/webhooks", { url }, headers)).json()) as Made;
  expect(two).toEqual(one);
  expect((await post("/webhooks", { url: "nowhere" })).status).toBe(422);
});

test("events go to this machine only, or to the origins that were named, and no redirect leads them elsewhere", async () => {
  for (const elsewhere of ["http://10.0.0.1/in", "http://169.254.169.254/", "https://localhost.example.com/", "file:///etc/passwd"])
    expect((await post("/webhooks", { url: elsewhere })).status, elsewhere).toBe(422);

  const own = await startTasklab({ port: 0, hooksTo: ["http://localhost:1"] });
  const refused = await fetch(`${own.url}/northgate/key/webhooks`, { method: "POST", headers: ADA, body: JSON.stringify({ url }) });
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("http://localhost:1")]);
  await own.close();

  const before = received.length;
  const moving = createServer((_request, response) => response.writeHead(307, { location: url }).end());
  await new Promise<void>((resolve) => moving.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(moving.address() as AddressInfo).port}/`;
  const { data } = (await (await post("/webhooks", { url: at, events: ["task.moved"] }, GRACE)).json()) as Made;
  await post("/events", { type: "task.moved" }, GRACE);
  const sent = async () =>
    (
      (await (await fetch(`${tasklab.url}/northgate/key/webhooks/${data.id}`, { headers: GRACE })).json()) as {
        data: { sent: { status: number }[] };
      }
    ).data.sent;
  await expect.poll(async () => (await sent())[0]?.status).toBe(307);
  expect(received).toHaveLength(before);
  await fetch(`${tasklab.url}/northgate/key/webhooks/${data.id}`, { method: "DELETE", headers: GRACE });
  moving.close();
});

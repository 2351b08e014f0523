import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { callsSeen, DEMO, drafts } from "./fixtures/tasklab.ts";

/** Both bases serve one router; the dashboard's mount goes through Next, which has ways of its own with paths, bodies and headers. */
const BASES: [name: string, base: (app: RunningApp) => string][] = [
  ["the gateway", ({ gateway }) => gateway],
  ["the dashboard's /api", ({ web }) => `${web}/api`],
];

for (const [name, base] of BASES) {
  test(`requests through a resource, at ${name}`, async ({ app, admin, projectId, signer }) => {
    const resource = `Proxied by ${name.replace("/", "")}`;
    const id = await seedResource(admin, app, projectId, resource, drafts.apiKeys(app.tasklab));
    const authorization = `Bearer ${signer.sign({ sub: "of-the-proxy" })}`;
    const json = { authorization, "content-type": "application/json" };
    const connected = await fetch(`${base(app)}/projects/${projectId}/sdk/resources/${id}/connect`, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ tenant: "northgate", ...DEMO.ada }),
    });
    expect(connected.status, await connected.text()).toBe(200);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${base(app)}/projects/${projectId}/sdk/proxy/${encodeURIComponent(resource)}${path}`, {
        redirect: "manual",
        ...init,
        headers: { authorization, ...init.headers },
      });

    const list = await call("/tasks?limit=2");
    expect([list.status, list.headers.get("access-control-allow-origin"), list.headers.has("set-cookie")]).toEqual([200, "*", false]);
    expect(await list.json()).toHaveProperty("output");
    const made = await call("/tasks", {
      method: "POST",
      headers: { "content-type": "auto" },
      body: JSON.stringify({ title: `By ${name}` }),
    });
    expect(made.status).toBe(201);
    const { output } = (await made.json()) as { output: { data: { id: string } } };
    expect((await call(`/tasks/${output.data.id}`, { method: "DELETE" })).status).toBeLessThan(300);
    expect((await call("/tasks/no-such")).status).toBe(404);

    const large = "x".repeat(1_500_000);
    const echoed = await call("/echo/", { method: "PUT", headers: { "content-type": "text/plain" }, body: large });
    expect(echoed.status, "a slash at the end is the API's").toBe(200);
    const seen = await callsSeen(app, { kind: "api", contains: "/echo/" });
    // Its log keeps the first 8 KiB; that all of it arrives is shown at the router, with larger bodies.
    expect(seen.find(({ method }) => method === "PUT")!.body).toBe(large.slice(0, 8_192));

    const away = await call("/a/..%2F..%2Fx");
    expect([away.status, ((await away.json()) as { code: string }).code]).toEqual([400, "bad_input"]);
    const unknown = await fetch(`${base(app)}/projects/${projectId}/sdk/proxy/Nothing/x`, { headers: { authorization } });
    expect(unknown.status).toBe(404);
  });
}

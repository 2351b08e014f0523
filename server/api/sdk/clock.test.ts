import { afterEach, expect, test, vi } from "vitest";
import { databaseNow, readDatabaseClock } from "#db/clock.ts";
import { tasklabDraft, testApi } from "../testing.ts";

const { publish, connect, tasklab, sql, signer } = await testApi();
const realNow = Date.now.bind(Date);

afterEach(async () => {
  vi.restoreAllMocks();
  await readDatabaseClock(sql);
});

test.each([
  ["behind", -300_000],
  ["ahead", 300_000],
])("a machine whose clock is five minutes %s takes the same tokens, and says the same of when they end", async (_, off) => {
  // Without a profile call: TaskLab runs in this process, and its clock would be off as well.
  const draft = { ...tasklabDraft.refreshToken(tasklab.url), profile: { enabled: false } };
  const resourceId = await publish(`Clock ${off}`, draft, "web-secret-for-the-demo");
  const token = signer.sign({ sub: `clock ${off}` });
  const minted = await fetch(`${tasklab.url}/mint`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client: "tasklab-web" }),
  });
  const { access_token, refresh_token } = (await minted.json()) as Record<string, string>;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + off);
  await readDatabaseClock(sql);
  expect(Math.abs(databaseNow() - realNow())).toBeLessThan(2_000);
  const { status, body } = await connect(resourceId, { tenant: "northgate", access_token, refresh_token, expires_in: 200 }, token);
  expect(status, body.message).toBe(200);
  const [row] = await sql`select extract(epoch from expires_at - now())::float8 as left, refresh_at from credential where id = ${body.id!}`;
  expect(row!.left).toBeGreaterThan(190);
  expect(row!.left).toBeLessThan(201);
});

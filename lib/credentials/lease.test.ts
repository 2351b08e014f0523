import { randomUUID } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { takeLease, withLease } from "./lease.ts";

const { db, sql } = await testDatabase();
const { projectId } = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const scope = { projectId };

afterEach(() => void vi.useRealTimers());

test("a lease outlasts the longest act, and no longer", async () => {
  const id = randomUUID();
  const left = async () =>
    (await sql`select extract(epoch from until - now())::float as left from refresh_lease where credential_id = ${id}`)[0]?.left;
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await withLease(scope, sql, id, async () => {
    await sql`update refresh_lease set until = now() + interval '5 seconds' where credential_id = ${id}`;
    vi.advanceTimersByTime(10_000);
    await expect.poll(left).toBeGreaterThan(30);
    expect(await takeLease(scope, sql, id, randomUUID())).toBeNull();
  });
  expect(await left()).toBeUndefined();
  const next = (await takeLease(scope, sql, id, randomUUID()))!;
  await sql`update refresh_lease set until = now() where credential_id = ${id}`;
  vi.advanceTimersByTime(60_000);
  expect(await takeLease(scope, sql, id, randomUUID()), "the one before extends nothing").not.toBeNull();
  expect(next).not.toBeNull();
});

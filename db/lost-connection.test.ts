import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "./testing.ts";

/** Connections that the server ends. Each of these is red, or ends the process, without patches/postgres.patch. */
const { url } = await testDatabase();
const killer = postgres(url, { max: 1 });
afterAll(() => killer.end({ timeout: 1 }));
await killer`create table written (who text)`;

const open = (max: number) => postgres(url, { max, backoff: () => 0.02, onnotice: () => {} });
const endConnection = (pid: number) => killer`select pg_terminate_backend(${pid})`;
const pidOf = async (sql: postgres.ISql) => (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]!.pid;

test("what a transaction asks after its connection was lost is rejected, and writes nothing into whoever has it next", async () => {
  const pool = open(1);
  const asked: Promise<unknown>[] = [];
  const lost = pool.begin(async (tx) => {
    await endConnection(await pidOf(tx));
    await tx`select 1`.catch(() => {});
    for (let n = 0; n < 30; n++) {
      asked.push(tx`insert into written values ('lost')`.then(() => "written", String));
      await sleep(10);
    }
  });
  await expect(lost).rejects.toBeTruthy();
  for (let n = 0; n < 20; n++) {
    await pool`insert into written values ('next')`.catch(() => {});
    await sleep(10);
  }
  await sleep(100);
  expect((await Promise.all(asked)).filter((end) => end === "written")).toEqual([]);
  expect(asked).toHaveLength(30);
  const rows = await killer<{ who: string; n: number }[]>`select who, count(*)::int as n from written group by who`;
  expect(rows.map(({ who }) => who)).toEqual(["next"]);
  await pool.end({ timeout: 1 });
});

test("a pool whose connections are ended again and again under load answers each query, and works afterwards", async () => {
  const pool = open(4);
  let isOver = false;
  let asked = 0;
  let settled = 0;
  const ask = async (): Promise<unknown> =>
    asked % 3 === 0 ? await pool.begin(async (tx) => [await tx`select 1`, await tx`select 2`]) : await pool`select 1`;
  const callers = Array.from({ length: 16 }, async () => {
    while (!isOver) {
      asked++;
      await ask().catch(() => sleep(5));
      settled++;
    }
  });
  for (let n = 0; n < 60; n++) {
    await sleep(20);
    await killer`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  }
  isOver = true;
  await Promise.race([Promise.all(callers), sleep(5_000)]);
  expect(settled).toBe(asked);
  const answers = await Promise.all(Array.from({ length: 16 }, () => pool<{ one: number }[]>`select 1 as one`));
  expect(answers.map(([row]) => row!.one)).toEqual(Array(16).fill(1));
  await pool.end({ timeout: 1 });
});

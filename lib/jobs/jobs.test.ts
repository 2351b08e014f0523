import { setTimeout as sleep } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import { testDatabase } from "#db/testing.ts";
import { completeJobs, JobLost } from "./complete-jobs.ts";
import { through, throughPool } from "./connect-queue.ts";
import { enqueue, enqueueNext } from "./enqueue.ts";
import { type JobHandler, type JobSettings, type RunningJobs, runJobs, type TakenJob } from "./run-jobs.ts";

const { db, sql } = await testDatabase();
const errors: unknown[] = [];
const running: RunningJobs[] = [];
beforeEach(() => {
  errors.length = 0;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((jobs) => jobs.stop(0)));
  await sql`delete from jobs.job`;
});

async function run(handlers: Record<string, JobHandler>, settings: Partial<JobSettings> = {}): Promise<RunningJobs> {
  const jobs = await runJobs(sql, handlers, (error) => errors.push(error), { pollMs: 50, ...settings });
  running.push(jobs);
  return jobs;
}

async function until(isSo: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const began = Date.now();
  while (!(await isSo())) {
    if (Date.now() - began > ms) throw new Error("it never came");
    await sleep(5);
  }
}

const open = async (): Promise<number> => {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from jobs.job where state < 'completed'`;
  return row!.n;
};

test("a job exists when its transaction commits, and never when that is rolled back", async () => {
  await db
    .transaction(async (tx) => {
      await enqueue(tx, { name: "greet", data: "never" });
      throw new Error("no");
    })
    .catch(() => {});
  await db.transaction((tx) => enqueue(tx, { name: "greet", data: { to: "Ada", "it's": [1, null, '\\ "{}'] } }));
  const seen: unknown[] = [];
  await run({
    greet: async ({ data }) => {
      seen.push(data);
    },
  });
  await until(() => seen.length > 0);
  await until(async () => (await open()) === 0);
  expect(seen).toEqual([{ to: "Ada", "it's": [1, null, '\\ "{}'] }]);
  expect(errors).toEqual([]);
});

test("a job is the row that pg-boss's own insert makes of it", async () => {
  const boss = new PgBoss({ db: throughPool(sql), schema: JOBS_SCHEMA, schedule: false, supervise: false, migrate: false });
  const startAfter = new Date(Date.now() + 3_600_000);
  const data = { name: "greet", data: { to: "Ada" } };
  await sql.begin(async (tx) => {
    // In one transaction the time stands still.
    const insert = (more: object) => boss.insert(QUEUE, [{ data, ...more }], { db: through(tx) });
    await insert({ singletonKey: "theirs 1", group: { id: "g" } });
    await insert({ singletonKey: "theirs 2", startAfter });
    await enqueue(tx, { ...data, singletonKey: "ours 1", group: "g" }, { ...data, singletonKey: "ours 2", startAfter });
  });
  const rows = await sql<Record<string, unknown>[]>`select * from jobs.job order by singleton_key`;
  const facts = rows.map(({ id, singleton_key, ...row }) => row);
  expect(facts.slice(0, 2)).toEqual(facts.slice(2));
  expect(facts).toHaveLength(4);
});

test("a worker that listens starts a job at once, long before it would look", async () => {
  let startedAt = 0;
  await run(
    {
      greet: async () => {
        startedAt = performance.now();
      },
    },
    { pollMs: 30_000, listen: sql },
  );
  await sleep(300);
  const before = performance.now();
  await db.transaction((tx) => enqueue(tx, { name: "greet", data: 1 }));
  await until(() => startedAt > 0);
  expect(startedAt - before).toBeLessThan(1_000);
});

test("a job waits for its time", async () => {
  let startedAt = 0;
  await run({
    greet: async () => {
      startedAt = Date.now();
    },
  });
  const due = Date.now() + 1_200;
  await db.transaction((tx) => enqueue(tx, { name: "greet", data: 1, startAfter: new Date(due) }));
  await until(() => startedAt > 0);
  expect(startedAt).toBeGreaterThanOrEqual(due - 50);
});

test("while a job waits, another of the same key is dropped; one at work doesn't count", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const seen: unknown[] = [];
  const add = (data: string) => db.transaction((tx) => enqueue(tx, { name: "settle", data, singletonKey: "resource 1" }));
  await add("first");
  await add("dropped");
  await run({
    settle: async ({ data }) => {
      seen.push(data);
      await held;
    },
  });
  await until(() => seen.length === 1);
  await add("second");
  await until(() => seen.length === 2);
  release();
  expect(seen).toEqual(["first", "second"]);
});

test("a handler that throws is called again after a pause, and the job isn't lost", async () => {
  const calls: number[] = [];
  await run({
    flaky: async () => {
      calls.push(Date.now());
      if (calls.length < 2) throw new Error("first time");
    },
  });
  await db.transaction((tx) => enqueue(tx, { name: "flaky", data: 1, group: "a" }));
  await until(async () => calls.length === 2 && (await open()) === 0);
  expect(calls[1]! - calls[0]!).toBeGreaterThan(400);
  expect(errors).toHaveLength(1);
});

test("what a handler throws counts against its job, unless only the database was away", async () => {
  const seen: number[] = [];
  const away = Object.assign(new Error("terminating connection"), { code: "57P01" });
  const thrown = [new Error("drizzle", { cause: away }), Object.assign(new Error("no way"), { code: "22P05" }), new Error("ours")];
  await run({
    flaky: async ({ faults }) => {
      seen.push(faults);
      const error = thrown[seen.length - 1];
      if (error) throw error;
    },
  });
  await db.transaction((tx) => enqueue(tx, { name: "flaky", data: 1 }));
  await until(() => seen.length === 4);
  expect(seen).toEqual([0, 0, 1, 2]);
});

test("a job that has become another worker's can't be completed: what was done for it is rolled back", async () => {
  let taken: TakenJob | undefined;
  let thrown: unknown;
  await sql`create table if not exists kept (n int)`;
  await run({
    slow: async (job) => {
      if (taken) return;
      taken = job;
      // As if this process had slept through its heartbeat and another had taken over.
      await sql`update jobs.job set state = 'retry' where id = ${job.id}`;
      await until(async () => (await open()) === 0);
      thrown = await sql
        .begin(async (tx) => {
          await tx`insert into kept values (1)`;
          await completeJobs(tx, [job]);
        })
        .catch((error) => error);
    },
  });
  await db.transaction((tx) => enqueue(tx, { name: "slow", data: 1 }));
  await until(() => thrown !== undefined);
  expect(thrown).toBeInstanceOf(JobLost);
  expect(await sql`select * from kept`).toEqual([]);
});

test("a job keeps its signs of life while its handler works, and comes up again 10 s after they end", { timeout: 40_000 }, async () => {
  // A worker that has died: it took the job and never touches it.
  await db.transaction((tx) => enqueue(tx, { name: "left", data: 1 }));
  await sql`update jobs.job set state = 'active', started_on = now(), heartbeat_on = now()`;
  const left = Date.now();
  let losses = -1;
  let long = 0;
  await run({
    left: async (job) => {
      losses = job.losses;
    },
    long: async () => {
      long++;
      await sleep(14_000);
    },
  });
  await db.transaction((tx) => enqueue(tx, { name: "long", data: 1 }));
  await until(() => losses >= 0, 30_000);
  const after = Date.now() - left;
  expect(after).toBeGreaterThan(9_000);
  expect(after).toBeLessThan(16_000);
  expect(losses).toBe(1);
  await until(async () => (await open()) === 0, 30_000);
  expect([long, errors]).toEqual([1, []]);
});

test("behind 20,000 jobs of one group another group's job starts within a second", { timeout: 60_000 }, async () => {
  const many = Array.from({ length: 1_000 }, (_, n) => ({ name: "busy", data: n, group: "a" }));
  for (let n = 0; n < 20; n++) await sql.begin((tx) => enqueueNext(tx, many));
  let startedAt = 0;
  await run(
    {
      busy: () => sleep(5),
      other: async () => {
        startedAt = performance.now();
      },
    },
    { listen: sql },
  );
  await sleep(1_000);
  const before = performance.now();
  await db.transaction((tx) => enqueue(tx, { name: "other", data: 1, group: "b" }));
  await until(() => startedAt > 0);
  expect(startedAt - before).toBeLessThan(1_000);
  expect(await open()).toBeGreaterThan(5_000);
});

test("a worker told to stop finishes what it holds and takes nothing more", async () => {
  let started = 0;
  let ended = 0;
  const jobs = await run(
    {
      slow: async () => {
        started++;
        await sleep(300);
        ended++;
      },
    },
    { slots: 2 },
  );
  await db.transaction((tx) => enqueue(tx, ...Array.from({ length: 10 }, (_, n) => ({ name: "slow", data: n }))));
  await until(() => started === 2);
  await jobs.stop();
  running.length = 0;
  expect([started, ended]).toEqual([2, 2]);
  expect(await open()).toBe(8);
});

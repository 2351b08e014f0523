import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded/start-embedded-postgres.ts";
import { connectPath } from "#lib/paths.ts";
import { type Started, startApp } from "../../e2e/fixtures/start-app.ts";
import { callApi, keepingAgent } from "../call-api.ts";
import { proxiedPath } from "../proxied-path.ts";
import { apiKeyDraft, publishDraft } from "../publish-draft.ts";
import type { ApiAsks } from "../recorders/api.ts";
import { startRecorder } from "../recorders/start-recorder.ts";
import { seconds, type Table } from "../report.ts";
import { createUserTokenSigner } from "../sign-user-tokens.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { ADMIN } from "./open-parts.ts";

/**
 * quality.md, Reliability 8. Three whole replicas (`npm start` with a DATABASE_URL) boot at once on an empty database; Postgres's own log
 * tells how often each table was made. Then connect and proxied calls run without a pause against gateways and dashboards of all three,
 * while one replica after the other gets SIGTERM, until the last is alone. The caller does what a load balancer does: where a connection is
 * refused, nothing was sent, so it goes to the next replica. All else that isn't a whole 200 is a failed request.
 */
export const replicas: Experiment = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-faults-"));
  // As root the database runs as another user, who has to get in.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ folder, durable: true });
  const api = await startRecorder<ApiAsks>("api");
  const keys = `k1:${randomBytes(32).toString("base64")}`;
  const url = postgres.url("postgres");
  Object.assign(process.env, { DATABASE_URL: url, PATCHBAY_KEYS: keys });
  const variables = {
    DATABASE_URL: url,
    PATCHBAY_KEYS: keys,
    PATCHBAY_ADMIN_EMAIL: ADMIN.email,
    PATCHBAY_ADMIN_PASSWORD: ADMIN.password,
    OUTBOUND_ALLOW: `127.0.0.1/32:${api.ports.http}`,
  };
  const running: Started[] = [];
  const boot = async (number: number) => {
    const started = await startApp(path.join(folder, `replica-${number}`), variables);
    running[number] = started;
    return started;
  };
  const database = createDatabase(url, { max: 2, applicationName: "patchbay faults" });
  try {
    await database.sql`alter system set log_statement = 'ddl'`;
    await database.sql`select pg_reload_conf()`;
    const began = performance.now();
    await Promise.all(Array.from({ length: REPLICAS }, (_, number) => boot(number)));
    const bootMs = performance.now() - began;
    const migration = await judgeMigration(database, await readFile(path.join(folder, "postgres.log"), "utf8"), bootMs);
    const drain = await judgeDrain(database, running, `http://127.0.0.1:${api.ports.http}`);
    return { tables: [...migration.tables, ...drain.tables], verdicts: [...migration.verdicts, ...drain.verdicts] };
  } finally {
    await Promise.all(running.map((started) => started.stop()));
    await database.close();
    await api.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const REPLICAS = 3;
/** The last one stays to take the calls. */
const TERMS = REPLICAS - 1;
const CALLERS_EACH = 6;
const LOADED_MS = 2_500;

type Database = ReturnType<typeof createDatabase>;

async function judgeMigration({ sql }: Database, log: string, bootMs: number): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const made = new Map<string, number>();
  for (const [, name] of log.matchAll(/(?:statement|execute <unnamed>):\s+CREATE TABLE "(\w+)"/g))
    made.set(name!, (made.get(name!) ?? 0) + 1);
  const tried = log.match(/(?:statement|execute <unnamed>): create schema if not exists drizzle/g)?.length ?? 0;
  const journal = JSON.parse(await readFile("db/migrations/meta/_journal.json", "utf8")) as { entries: unknown[] };
  const [row] = await sql<{ applied: number; distinct: number; members: number }[]>`
    select (select count(*)::int from drizzle.__drizzle_migrations) as applied,
      (select count(distinct created_at)::int from drizzle.__drizzle_migrations) as distinct,
      (select count(*)::int from member) as members`;
  const oftener = [...made].filter(([, times]) => times !== 1);
  const table: Table = {
    title: `${REPLICAS} replicas boot at once on an empty database: all ready after ${seconds(bootMs)}`,
    head: ["by Postgres's own log", ""],
    rows: [
      ["replicas that came to migrate", String(tried)],
      ["tables made", String(made.size)],
      ["of these made more than once", String(oftener.length)],
      ["migrations noted, of those in the checkout", `${row!.applied} of ${journal.entries.length}`],
      ["first admins made", String(row!.members)],
    ],
  };
  return {
    tables: [table],
    verdicts: [
      {
        promise: `${REPLICAS} replicas boot at once: one migration`,
        kept:
          tried === REPLICAS &&
          made.size > 0 &&
          oftener.length === 0 &&
          row!.applied === journal.entries.length &&
          row!.distinct === row!.applied,
        seen: `${tried} came, ${made.size} tables were made once, ${oftener.length} oftener, ${row!.applied} migrations noted`,
      },
      { promise: `${REPLICAS} replicas boot at once: one first admin`, kept: row!.members === 1, seen: String(row!.members) },
    ],
  };
}

type Door = "gateway" | "dashboard";
type Kind = { door: Door; what: "connect" | "proxied" };
type Tally = { done: number; refused: number; failures: string[] };

async function judgeDrain({ db, sql }: Database, running: Started[], apiOrigin: string) {
  const [first] = await sql<{ projectId: string; memberId: string }[]>`
    select project_id as "projectId", member_id as "memberId" from project_member`;
  const scope = { projectId: first!.projectId };
  const actor = { kind: "member" as const, id: first!.memberId };
  const signer = await createUserTokenSigner(scope, db, actor);
  const resourceId = await publishDraft({ db, actor }, scope, "API", apiKeyDraft(apiOrigin));

  /** Where calls go; a replica that refuses leaves. */
  const rotation = running.map((_, number) => number);
  const originOf = (number: number, door: Door) =>
    (door === "gateway" ? running[number]!.app.gateway : `${running[number]!.app.web}/api`).replace("//localhost", "//127.0.0.1");
  const kinds: Kind[] = (["gateway", "dashboard"] as const).flatMap((door) =>
    (["connect", "proxied"] as const).map((what) => ({ door, what })),
  );
  const tallies = new Map<Kind, Tally>(kinds.map((kind) => [kind, { done: 0, refused: 0, failures: [] }]));
  let isOver = false;
  let turn = 0;
  let value = 0;

  const keepCalling = async (kind: Kind, caller: number) => {
    const agent = keepingAgent(1);
    const token = signer.signToken(`${kind.door}-${kind.what}-${caller}`);
    const tally = tallies.get(kind)!;
    const send = (number: number, what: Kind["what"]) =>
      what === "connect"
        ? callApi({
            url: originOf(number, kind.door) + connectPath(scope.projectId, resourceId),
            method: "POST",
            token,
            json: { key: `key-${++value}` },
            agent,
          })
        : callApi({
            url: originOf(number, kind.door) + proxiedPath(scope.projectId, resourceId, value++ % 2 ? "/tasks" : "/slow"),
            token,
            agent,
          });
    await send(0, "connect");
    while (!isOver) {
      const number = rotation[turn++ % rotation.length]!;
      const called = await send(number, kind.what);
      if (called.failure === "ECONNREFUSED") {
        tally.refused++;
        if (rotation.includes(number) && rotation.length > 1) rotation.splice(rotation.indexOf(number), 1);
      } else if (called.status === 200 && !called.failure) tally.done++;
      else tally.failures.push(`replica ${number + 1}: ${called.failure ?? `${called.status} ${called.body.slice(0, 160)}`}`);
    }
    agent.destroy();
  };

  const callers = kinds.flatMap((kind) => Array.from({ length: CALLERS_EACH }, (_, caller) => keepCalling(kind, caller)));
  const ends: string[] = [];
  for (let term = 0; term < TERMS; term++) {
    await sleep(LOADED_MS);
    const began = performance.now();
    const code = await running[term]!.stop();
    ends.push(`replica ${term + 1} ended with ${code} after ${seconds(performance.now() - began)}`);
  }
  await sleep(LOADED_MS);
  isOver = true;
  await Promise.all(callers);

  const table: Table = {
    title: `SIGTERM to ${TERMS} of ${REPLICAS} replicas, one after the other, under load`,
    head: ["door", "call", "answered 200", "refused, so sent to the next", "failed"],
    rows: kinds.map((kind) => {
      const { done, refused, failures } = tallies.get(kind)!;
      return [kind.door, kind.what, String(done), String(refused), String(failures.length)];
    }),
    notes: ends,
  };
  const verdicts = kinds.map((kind): Verdict => {
    const { done, failures } = tallies.get(kind)!;
    return {
      promise: `SIGTERM under load: no failed ${kind.what} call at the ${kind.door}`,
      kept: done > 100 && failures.length === 0,
      seen: `${done} answered, ${failures.length} failed${failures[0] ? `; the first: ${failures[0]}` : ""}`,
    };
  });
  return { tables: [table], verdicts };
}

import { randomBytes } from "node:crypto";
import { openSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Connection, createDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded/start-embedded-postgres.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { defineServices } from "#server/start/define-services.ts";
import { ROOT } from "#server/start/places.ts";
import { prepareDatabase } from "#server/start/prepare-database.ts";
import { readSettings } from "#server/start/read-settings.ts";
import { type Service, startService, stopServices, waitUntilReady } from "#server/start/services.ts";
import { freePort } from "../free-port.ts";

/**
 * The parts of a Patchbay, each to be started and killed by itself: `npm start` ends everything when one of them dies. They run as
 * they do there, on an embedded database of their own with one admin and one project.
 */
export type Parts = Connection & {
  web: string;
  databaseUrl: string;
  /** What Postgres itself wrote. */
  readPostgresLog(): Promise<string>;
  /** Ends the database and starts it again at the same address. SIGINT: a fast shutdown; SIGQUIT: an immediate one, as if power failed. */
  restartDatabase(signal: "SIGINT" | "SIGQUIT"): Promise<void>;
  scope: Scope;
  actor: Actor;
  /** For whatever else the experiment keeps; goes with it. */
  folder: string;
  /** Starts it on the same ports each time, and waits until it answers. */
  start(name: "the dashboard" | "the gateway"): Promise<Service>;
  /** One more gateway, on a port of its own. `variables` are added to its environment. */
  startGateway(variables?: Record<string, string>): Promise<Gateway>;
  /** Ends all that still runs, and leaves nothing behind. */
  end(): Promise<void>;
};

export type Gateway = Service & { origin: string };

export const ADMIN = { email: "ada@example.com", password: "correct horse battery staple" };

/** Of all experiments of a run: a process keeps the vault that it opened first, and what it seals for the next trial has to be opened there. */
const KEYS = `k1:${randomBytes(32).toString("base64")}`;

/** `outboundPorts`: those of 127.0.0.1 of the recorders that outgoing calls may reach. */
export async function openParts({ outboundPorts = [] }: { outboundPorts?: number[] } = {}): Promise<Parts> {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-faults-"));
  // As root the database runs as another user, who has to get in.
  await chmod(folder, 0o755);
  let postgres = await startEmbeddedPostgres({ folder, durable: true });
  const databaseUrl = postgres.url("postgres");
  Object.assign(process.env, {
    NODE_ENV: "production",
    PORT: String(await freePort()),
    API_PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    PATCHBAY_KEYS: KEYS,
    PATCHBAY_ADMIN_EMAIL: ADMIN.email,
    PATCHBAY_ADMIN_PASSWORD: ADMIN.password,
    OUTBOUND_ALLOW: outboundPorts.map((port) => `127.0.0.1/32:${port}`).join(","),
    // A whole load from one machine is what they are there against.
    RATE_LIMIT_USER: "0",
    RATE_LIMIT_PROJECT: "0",
    RUN_INPUTS_USER: "0",
    RUN_INPUTS_PROJECT: "0",
    // As start.mjs does: programs stripped of their types and compiled are kept.
    NODE_COMPILE_CACHE: path.join(ROOT, "node_modules/.cache/node"),
  });
  const started: Service[] = [];
  const logFile = path.join(folder, "servers.log");
  const log = openSync(logFile, "a");
  const database = createDatabase(databaseUrl, { max: 2, applicationName: "patchbay faults" });
  const end = async () => {
    await stopServices(started.filter(({ child }) => child.exitCode === null && child.signalCode === null));
    await database.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await prepareDatabase(new AbortController().signal);
    const settings = readSettings(process.env);
    const [row] = await database.sql<{ projectId: string; memberId: string }[]>`
      select project_id as "projectId", member_id as "memberId" from project_member`;
    if (!row) throw new Error("The first admin has no project.");
    const launch = async (name: string, ports: typeof settings.ports, variables: Record<string, string>): Promise<Service> => {
      const definition = defineServices({ ...settings, ports }, false).find((each) => each.name === name);
      if (!definition) throw new Error(`Nothing here is called ${name}.`);
      const service = startService({ ...definition, env: { ...definition.env, ...variables } }, log);
      started.push(service);
      await waitUntilReady(service).catch(async (error) => {
        throw new Error(`${error.message}\n${(await readFile(logFile, "utf8")).slice(-2_000)}`);
      });
      return service;
    };
    const startGateway: Parts["startGateway"] = async (variables = {}) => {
      const gateway = await freePort();
      const service = await launch("the gateway", { ...settings.ports, gateway }, { API_PORT: String(gateway), ...variables });
      return { ...service, origin: `http://127.0.0.1:${gateway}` };
    };
    return {
      ...database,
      web: settings.publicUrl,
      databaseUrl,
      readPostgresLog: () => readFile(path.join(folder, "postgres.log"), "utf8"),
      restartDatabase: async (signal) => {
        process.kill(postgres.pid, signal);
        await postgres.exited;
        postgres = await startEmbeddedPostgres({ folder, durable: true, port: Number(new URL(databaseUrl).port) });
      },
      scope: { projectId: row.projectId },
      actor: { kind: "member", id: row.memberId },
      folder,
      start: (name) => launch(name, settings.ports, {}),
      startGateway,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** kill -9; resolves when the process is gone. */
export async function killService({ child, exited }: Service): Promise<void> {
  child.kill("SIGKILL");
  await exited;
}

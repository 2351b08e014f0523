import { setTimeout as sleep } from "node:timers/promises";
import { spawnTied, type Tied } from "#db/embedded/spawn-tied.ts";
import { AppError } from "#lib/errors.ts";
import { ROOT } from "./places.ts";

export type ServiceDefinition = {
  /** As people call it: "the gateway". */
  name: string;
  /** Node's arguments, the program among them. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Answers 200 once the service can do its work. */
  readyUrl: string;
};

export type Service = ServiceDefinition & Tied;

const READY_TIMEOUT = 60_000;
/** Longer than the longest token call (rules.md, Doors 3): what it returns has replaced the old refresh token, and must be stored. */
const DRAIN_TIMEOUT = 30_000;

export function startService(definition: ServiceDefinition, output: number | "inherit"): Service {
  const tied = spawnTied(process.execPath, definition.args, { cwd: ROOT, env: definition.env, output, lastSignal: "TERM" });
  return { ...definition, ...tied };
}

/** Resolves when the service answers; throws when it ends before, or takes longer than `timeout` ms. */
export async function waitUntilReady(service: Service, timeout = READY_TIMEOUT): Promise<void> {
  let ended: string | undefined;
  void service.exited.then((how) => {
    ended = how;
  });
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    if (ended) throw new AppError("internal", endedBy(service, ended));
    if (await answers(service.readyUrl)) return;
    await sleep(25);
  }
  throw new AppError(
    "internal",
    `${capital(service.name)} did not get ready within ${timeout / 1000} seconds: ${service.readyUrl} doesn't answer 200.`,
  );
}

/** Lets calls in flight end, then goes on without those that take longer than half a minute. */
export async function stopServices(services: Service[]): Promise<void> {
  await Promise.all(
    services.map(async ({ child, exited }) => {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), DRAIN_TIMEOUT);
      await exited;
      clearTimeout(late);
    }),
  );
}

export function endedBy({ name }: { name: string }, how: string): string {
  return `${capital(name)} ended unexpectedly (${how}).`;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: "manual" });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

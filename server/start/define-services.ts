import { NEXT } from "./places.ts";
import type { Settings } from "./read-settings.ts";
import type { ServiceDefinition } from "./services.ts";

/**
 * In MiB. Resolving drizzle's hundreds of modules leaves garbage for which Node grows its young generation to three times this and
 * keeps it: 310 MB resident instead of 160. Calls take as long as before.
 */
const YOUNG_SPACE = "--max-semi-space-size=16";

/** The servers of one Patchbay. The worker runs inside the gateway. */
export function defineServices({ ports }: Settings, watch: boolean): ServiceDefinition[] {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: watch ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const fromSource = (file: string) => (watch ? ["--watch", "--watch-preserve-output", file] : [file]);
  const services: ServiceDefinition[] = [
    {
      name: "the dashboard",
      args: [NEXT, watch ? "dev" : "start", "--port", String(ports.web)],
      env,
      readyUrl: `http://127.0.0.1:${ports.web}/readyz`,
    },
    {
      name: "the gateway",
      args: [YOUNG_SPACE, ...fromSource("server/gateway.ts")],
      env,
      readyUrl: `http://127.0.0.1:${ports.gateway}/readyz`,
    },
  ];
  if (ports.tasklab !== undefined) {
    services.push({
      name: "TaskLab",
      args: fromSource("examples/tasklab/server.ts"),
      env: { ...withoutSecrets(env), EXAMPLE_PORT: String(ports.tasklab), EXAMPLE_HOOKS_TO: ownOrigins(env, ports).join() },
      readyUrl: `http://127.0.0.1:${ports.tasklab}/healthz`,
    });
  }
  return services;
}

/** Where TaskLab may send webhooks: it stands inside the address guard, and whoever may call it must not reach further by it. */
const ownOrigins = ({ PATCHBAY_URL, PATCHBAY_API_URL }: NodeJS.ProcessEnv, { web, gateway }: Settings["ports"]): string[] =>
  [PATCHBAY_API_URL || `http://localhost:${gateway}`, PATCHBAY_URL || `http://localhost:${web}`]
    .filter((url) => URL.canParse(url))
    .map((url) => new URL(url).origin);

/** Trial mode: where TaskLab is, and leave for outgoing calls to reach exactly it, by either of localhost's addresses. */
export function exampleVariables({ ports: { tasklab } }: Settings): NodeJS.ProcessEnv | undefined {
  if (tasklab === undefined) return undefined;
  const allowed = [process.env.OUTBOUND_ALLOW, `127.0.0.1/32:${tasklab}`, `[::1/128]:${tasklab}`];
  return {
    NODE_ENV: process.env.NODE_ENV,
    OUTBOUND_ALLOW: allowed.filter(Boolean).join(","),
    PATCHBAY_EXAMPLE_URL: `http://localhost:${tasklab}`,
  };
}

/** TaskLab stands for somebody else's API: it gets to see nothing of ours. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(PATCHBAY_|DATABASE_|AUTH_|OUTBOUND_)/.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: env.NODE_ENV };
}

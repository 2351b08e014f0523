import { z } from "zod";
import { AppError } from "./errors.ts";

const Port = z.coerce.number().int().min(1).max(65535);
const Amount = z.coerce.number().min(0).max(1_000_000);
const Url = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));
/** The published client treats an address with this text as one of a proxied call, and unwraps its answers (api.md). */
const PublicUrl = Url.refine(
  (url) => !/proxy/i.test(url),
  'must not contain "proxy": the client library would take every call for a proxied one',
);
/** To the letter as the provider writes it: a slash at its end belongs to it. Whoever can answer in its place can sign in as anyone. */
const Issuer = z
  .url({ protocol: /^https?$/ })
  .refine((url) => url.startsWith("https:") || LOOPBACK.has(new URL(url).hostname), "must be https, or http on this very machine");
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const Days = z.coerce.number().int().min(1).max(3650);

const Environment = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres://"),
  /** Around a pooler: for the one connection that listens for jobs. */
  DATABASE_DIRECT_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
    .optional(),
  PORT: Port.default(3000),
  API_PORT: Port.default(3001),
  /** Public address of the dashboard. */
  PATCHBAY_URL: PublicUrl.optional(),
  /** Public address of the machine API, as printed in snippets. */
  PATCHBAY_API_URL: PublicUrl.optional(),
  /** `id:base64(32 bytes)[,...]`; the first key seals, all of them open. */
  PATCHBAY_KEYS: z.string().optional(),
  PATCHBAY_KEYS_FILE: z.string().optional(),
  /** Private networks that outgoing calls may reach: `10.2.0.0/16:8443,api.corp.local`. */
  OUTBOUND_ALLOW: z.string().default(""),
  /** Whether the gateway's process does the worker's chores too. */
  PATCHBAY_WORKER: z.enum(["on", "off"]).default("on"),
  /** Address of the TaskLab example API, set by `npm start` in embedded mode. */
  PATCHBAY_EXAMPLE_URL: Url.optional(),
  /** How many proxies of yours stand before the dashboard and add to X-Forwarded-For; 0 trusts none. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** How long activity stays. */
  RETENTION_ACTIVITY_DAYS: Days.default(30),
  /** How long the audit log, the timelines of credentials and the counts by hour stay. */
  RETENTION_HISTORY_DAYS: Days.default(400),
  /** How long webhook deliveries stay. */
  RETENTION_DELIVERY_DAYS: Days.default(7),
  /** How long runs of workflows stay. */
  RETENTION_RUN_DAYS: Days.default(90),
  /** Calls with a user token, a second and process; twice as many at once. 0: no limit. */
  RATE_LIMIT_USER: Amount.default(100),
  RATE_LIMIT_PROJECT: Amount.default(2_000),
  /** MiB of inputs of runs that calls with a user token may leave, a day and process; a quarter of it at once. 0: no limit. */
  RUN_INPUTS_USER: Amount.default(256),
  RUN_INPUTS_PROJECT: Amount.default(4_096),
  AUTH_OIDC_ISSUER: Issuer.optional(),
  AUTH_OIDC_ID: z.string().optional(),
  AUTH_OIDC_SECRET: z.string().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export type Environment = z.infer<typeof Environment> & { PATCHBAY_URL: string; PATCHBAY_API_URL: string };

let parsed: Environment | undefined;

/** The environment, parsed once. Throws one sentence that names each wrong variable. */
export function env(): Environment {
  parsed ??= parseEnvironment(process.env);
  return parsed;
}

/** For `npm start`, which looks at an environment before it is complete. An empty variable counts as not set. */
export function parseEnvironment(variables: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const result = Environment.safeParse(given);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new AppError("internal", `The environment is not usable. ${wrong}. See "Environment" in the README.`);
  }
  const singleSignOn = ["AUTH_OIDC_ISSUER", "AUTH_OIDC_ID", "AUTH_OIDC_SECRET"].filter((name) => given[name]);
  if (singleSignOn.length % 3 !== 0)
    throw new AppError("internal", `Of the single sign-on settings only ${singleSignOn.join(" and ")} is set. Set all three, or none.`);
  const { PATCHBAY_URL, PATCHBAY_API_URL, ...rest } = result.data;
  return {
    ...rest,
    PATCHBAY_URL: PATCHBAY_URL ?? `http://localhost:${rest.PORT}`,
    PATCHBAY_API_URL: PATCHBAY_API_URL ?? `http://localhost:${rest.API_PORT}`,
  };
}

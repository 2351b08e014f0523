import path from "node:path";
import { type Environment, parseEnvironment } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";

export type Settings = {
  /** Your own database. Without one, the embedded database runs: trial mode. */
  databaseUrl: string | undefined;
  keys: string | undefined;
  keysFile: string | undefined;
  dataFolder: string;
  ports: { web: number; gateway: number; tasklab: number | undefined };
  publicUrl: string;
  publicApiUrl: string;
};

/** What `npm start` needs to know, checked as a whole. Throws one sentence with the fix. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const databaseUrl = variables.DATABASE_URL || undefined;
  // Only the database's address is still missing here; all else must be right before anything is written.
  const environment = parseEnvironment({ ...variables, DATABASE_URL: databaseUrl ?? "postgres://embedded" });
  readAdmin(variables);
  const withTasklab = !databaseUrl && variables.PATCHBAY_EXAMPLE !== "off";
  return {
    databaseUrl,
    keys: environment.PATCHBAY_KEYS,
    keysFile: environment.PATCHBAY_KEYS_FILE,
    dataFolder: path.resolve(variables.PATCHBAY_DATA || ".data"),
    ports: readPorts(environment, withTasklab ? variables.EXAMPLE_PORT || "3002" : undefined),
    publicUrl: environment.PATCHBAY_URL,
    publicApiUrl: environment.PATCHBAY_API_URL,
  };
}

function readPorts({ PORT, API_PORT }: Environment, example: string | undefined): Settings["ports"] {
  const tasklab = example === undefined ? undefined : Number(example);
  if (tasklab !== undefined && !(Number.isInteger(tasklab) && tasklab >= 1 && tasklab <= 65535)) {
    throw new AppError("internal", `EXAMPLE_PORT is "${example}". Set it to a number from 1 to 65535, or PATCHBAY_EXAMPLE=off.`);
  }
  if (new Set([PORT, API_PORT, tasklab]).size < 3) {
    throw new AppError("internal", "PORT, API_PORT and EXAMPLE_PORT name one port twice. Give each its own.");
  }
  return { web: PORT, gateway: API_PORT, tasklab };
}

export function readAdmin({
  PATCHBAY_ADMIN_EMAIL: email,
  PATCHBAY_ADMIN_PASSWORD: password,
}: NodeJS.ProcessEnv): { email: string; password: string } | undefined {
  if (!email && !password) return undefined;
  if (!email || !password) {
    throw new AppError("internal", "Only one of PATCHBAY_ADMIN_EMAIL and PATCHBAY_ADMIN_PASSWORD is set. Set both, or neither.");
  }
  return { email, password };
}

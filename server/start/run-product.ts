import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded/start-embedded-postgres.ts";
import { AppError } from "#lib/errors.ts";
import { checkPorts } from "./check-ports.ts";
import { createDataFolder, type DataFolder, findDataFolder, lockDataFolder } from "./data-folder.ts";
import { defineServices, exampleVariables } from "./define-services.ts";
import { createKeyFile, findKeys } from "./find-keys.ts";
import { openLog, type ServiceLog } from "./open-log.ts";
import { buildDashboard, planBuild } from "./prepare-build.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { readSettings, type Settings } from "./read-settings.ts";
import { endedBy, type Service, startService, stopServices, waitUntilReady } from "./services.ts";

/** What runs, for whoever started it: the terminal's reader, the e2e tests, the benchmarks. */
export type RunningProduct = {
  web: string;
  gateway: string;
  tasklab: string | undefined;
  /** Makes the first account, once; null when there is one. */
  setupLink: string | null;
  databaseUrl: string;
  /** Undefined with a database of your own: then the servers' log is our standard output, and there is no data folder. */
  logFile: string | undefined;
  data: DataFolder | undefined;
};

export type ProductOptions = {
  /** `next dev` and restarts on change, for developers of Patchbay. */
  watch: boolean;
  say: (line: string) => void;
  onReady: (running: RunningProduct) => void;
  /** Aborted to end everything, in order. */
  signal: AbortSignal;
};

/** How long the servers of a killed start may take to drain and leave their ports. */
const AFTER_A_KILL = 20_000;

/**
 * Runs web, gateway with worker, TaskLab and, without DATABASE_URL, Postgres, until the signal. First checks all that can be
 * wrong, and only then writes. Throws one sentence when something is wrong or ends unexpectedly; nothing runs on then.
 */
export async function runProduct(options: ProductOptions): Promise<void> {
  const { signal } = options;
  const checked = await checkAll(options);
  const running: { postgres?: EmbeddedPostgres; services: Service[]; log?: ServiceLog } = { services: [] };
  try {
    const { settings, data, keys, build } = checked;
    if (data) {
      await createDataFolder(data);
      if (keys.newFile) await createKeyFile(keys.newFile);
      if (!data.hasDatabase) options.say("Creating the database");
      running.postgres = await startEmbeddedPostgres({ folder: data.databaseFolder, durable: true });
    }
    const databaseUrl = running.postgres?.url("postgres") ?? settings.databaseUrl ?? "";
    Object.assign(process.env, keys.variables, exampleVariables(settings), { DATABASE_URL: databaseUrl });
    const setupPath = await prepareDatabase(signal);
    if (build?.needed) {
      options.say("Building the dashboard (less than a minute, only after a change)");
      await buildDashboard(build.stamp, signal);
    }
    signal.throwIfAborted();

    running.log = openLog(options.watch ? undefined : data);
    for (const definition of defineServices(settings, options.watch)) running.services.push(startService(definition, running.log.output));
    const ended = firstToEnd(running.services, running.postgres);
    await Promise.race([Promise.all(running.services.map((service) => waitUntilReady(service))), ended, aborted(signal)]);
    signal.throwIfAborted();
    options.onReady({
      ...addresses(settings),
      setupLink: setupPath === null ? null : `${settings.publicUrl}${setupPath}`,
      databaseUrl,
      logFile: running.log.file,
      data,
    });
    await Promise.race([ended, aborted(signal)]);
  } catch (error) {
    if (signal.aborted) return;
    const lastWords = running.log?.lastWords();
    throw lastWords && error instanceof AppError ? new AppError("internal", `${lastWords}\n\n${error.message}`) : error;
  } finally {
    await stopServices(running.services);
    await running.postgres?.stop();
    running.log?.close();
    checked.lock?.close();
  }
}

async function checkAll({ watch }: ProductOptions) {
  const settings = readSettings(process.env);
  const data = settings.databaseUrl ? undefined : await findDataFolder(settings.dataFolder);
  const lock = data && (await lockDataFolder(data.folder));
  await checkPorts(settings.ports, data?.isUnclean ? AFTER_A_KILL : 0);
  const keys = await findKeys(settings, data);
  const build = watch ? undefined : await planBuild();
  return { settings, data, lock, keys, build };
}

/** Never resolves; rejects with a sentence when one of them ends. */
function firstToEnd(services: Service[], postgres: EmbeddedPostgres | undefined): Promise<never> {
  const sentences = services.map(async (service) => endedBy(service, await service.exited));
  if (postgres) sentences.push(postgres.exited.then((how) => endedBy({ name: "the database" }, how)));
  const first = Promise.race(sentences).then((sentence) => {
    throw new AppError("internal", sentence);
  });
  first.catch(() => {});
  return first;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function addresses({ publicUrl, publicApiUrl, ports: { tasklab } }: Settings): Pick<RunningProduct, "web" | "gateway" | "tasklab"> {
  return { web: publicUrl, gateway: publicApiUrl, tasklab: tasklab === undefined ? undefined : `http://localhost:${tasklab}` };
}

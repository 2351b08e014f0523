import { pino } from "pino";
import { getDatabase } from "#db/client.ts";
import { isReady } from "#db/queries/readiness.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { keyRing } from "#lib/vault/keys.ts";
import { callLimitsOf, createApi } from "./api/create-api.ts";
import { drainServer } from "./drain-server.ts";
import { serveApi } from "./serve-api.ts";
import { startWorker } from "./worker.ts";

/*
 * The machine doors on plain node:http: four to six times the rate of the same router inside Next. The worker runs in this
 * process too, unless PATCHBAY_WORKER=off leaves it to processes of its own (`node server/worker.ts`).
 */
try {
  const { API_PORT, OUTBOUND_ALLOW, LOG_LEVEL, PATCHBAY_WORKER, ...limits } = env();
  keyRing();
  const log = pino({ level: LOG_LEVEL, base: { process: "gateway" } });
  const database = getDatabase();
  const spine = openSpine(database, {
    outboundAllow: OUTBOUND_ALLOW,
    onError: (error) => log.error({ err: error }, "activity not written"),
  });

  const gateway = createApi({
    spine,
    onError: (error, requestId) => log.error({ err: error, requestId }, "unexpected error"),
    callLimits: callLimitsOf(limits),
  });
  gateway.get("/healthz", (context) => context.json({ status: "up" }));
  gateway.get("/readyz", async (context) => {
    const ready = await isReady(database.sql);
    return context.json(
      { status: ready ? "ready" : "The database can’t be reached, or isn’t migrated to this version." },
      ready ? 200 : 503,
    );
  });

  const worker = PATCHBAY_WORKER === "off" ? null : startWorker(database, spine, log);
  const server = serveApi(gateway, { port: API_PORT }, (port) => log.info({ port }, "gateway listens"));
  server.on("error", (error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE";
    console.error(taken ? `Port ${API_PORT} is taken. Set API_PORT to a free one.` : error.message);
    process.exit(1);
  });

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    // Answers calls in flight, takes no new ones, then writes what is buffered.
    await Promise.allSettled([drainServer(server), worker?.stop()]);
    await Promise.allSettled([spine.close()]);
    await database.close();
    process.exit(0);
  };
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  console.error(error.message);
  process.exit(1);
}

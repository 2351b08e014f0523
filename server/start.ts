import { EmbeddedPostgresError } from "#db/embedded/embedded-postgres-error.ts";
import { AppError } from "#lib/errors.ts";
import { buildDashboard, planBuild } from "./start/prepare-build.ts";
import { printBanner } from "./start/print-banner.ts";
import { runProduct } from "./start/run-product.ts";
import { runScript } from "./start/run-script.ts";
import { runTests } from "./start/run-tests.ts";

/** Under Node 24, with all packages in place: start.mjs saw to both. Gives the exit code. */
async function main(mode: string, args: string[], signal: AbortSignal): Promise<number> {
  switch (mode) {
    case "start":
    case "dev":
      await runProduct({
        watch: mode === "dev",
        say: (line) => console.log(`${line} ...`),
        onReady: (running) => {
          printBanner(running);
          process.send?.({ ready: running });
        },
        signal,
      });
      return 0;
    case "build": {
      const { needed, stamp } = await planBuild();
      if (needed) await buildDashboard(stamp, signal);
      console.log(needed ? "The dashboard is built." : "The dashboard is built already.");
      return 0;
    }
    case "test":
      return runTests(args, signal);
    case "faults":
    case "bench":
    case "screenshots":
      return runScript(mode, args, signal);
    default:
      throw new AppError("internal", `There is no "${mode}". Use start, dev, build, test, faults, bench or screenshots.`);
  }
}

const ending = new AbortController();
/** The second signal means "now": whatever is left ends with us, being tied to us. */
function end(): void {
  if (ending.signal.aborted) process.exit(130);
  ending.abort();
}
process.on("SIGINT", end).on("SIGTERM", end).on("SIGHUP", end);
// Whoever started us is gone, even by kill -9.
process.on("disconnect", () => ending.signal.aborted || ending.abort());

const [mode = "start", ...args] = process.argv.slice(2);
try {
  process.exitCode = await main(mode, args, ending.signal);
} catch (error) {
  const isSentence = error instanceof AppError || error instanceof EmbeddedPostgresError;
  console.error(isSentence ? error.message : error);
  process.exitCode = 1;
}
process.exit();

import path from "node:path";
import type { RunningProduct } from "./run-product.ts";

/** What to do next, on the terminal. */
export function printBanner({ web, gateway, tasklab, setupLink, logFile, data }: RunningProduct): void {
  const lines = [`Patchbay is ready after ${(process.uptime()).toFixed(1)} seconds.`, "", `  Dashboard  ${web}`, `  API        ${gateway}`];
  if (tasklab) lines.push(`  TaskLab    ${tasklab}  (an example API to connect to)`);
  if (setupLink) lines.push("", "  Create the first account. This link works once:", `  ${setupLink}`);
  if (data) {
    lines.push("", `  Trial mode: keys and database are in ${shown(data.folder)}. Set DATABASE_URL to use a Postgres of your own.`);
    if (data.databaseFolder !== data.folder) {
      lines.push(
        `  The database itself is in ${data.databaseFolder}: it doesn't run as root, and its user can't reach ${shown(data.folder)}.`,
      );
    }
  }
  if (logFile) lines.push(`  Log: ${shown(logFile)}`);
  lines.push("", "  Ctrl-C ends everything.", "");
  console.log(lines.join("\n"));
}

function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

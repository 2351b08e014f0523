import { fork } from "node:child_process";
import path from "node:path";
import { howItEnded } from "#db/embedded/spawn-tied.ts";
import { AppError } from "#lib/errors.ts";
import type { Prepared } from "../prepare.ts";
import { ROOT } from "./places.ts";

/**
 * Runs server/prepare.ts on DATABASE_URL of our environment: in a process of its own, since what it loads would stay in the
 * memory of the one that watches over the servers. Gives the path of the setup link, or null once there is a member.
 */
export async function prepareDatabase(signal: AbortSignal): Promise<string | null> {
  const child = fork(path.join(ROOT, "server/prepare.ts"), { cwd: ROOT, stdio: ["ignore", "inherit", "inherit", "ipc"], signal });
  let prepared: Prepared | undefined;
  child.once("message", (message: Prepared) => {
    prepared = message;
  });
  const how = await howItEnded(child);
  if (!prepared) throw new AppError("internal", `The database could not be prepared (${how}).`);
  if ("refusal" in prepared) throw new AppError("internal", prepared.refusal);
  return prepared.setupPath;
}

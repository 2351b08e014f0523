import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { howItEnded } from "#db/embedded/spawn-tied.ts";
import { AppError } from "#lib/errors.ts";
import { ROOT } from "./places.ts";

const TSC = path.join(ROOT, "node_modules/typescript/bin/tsc");
const FOLDER = path.join(ROOT, "sdk");

/** Compiles our client, which the API serves as a package. About a second; the error carries what the compiler said. */
export async function buildClient(signal: AbortSignal): Promise<void> {
  await rm(path.join(FOLDER, "dist"), { recursive: true, force: true });
  const child = spawn(process.execPath, [TSC, "--project", "tsconfig.json"], { cwd: FOLDER, stdio: ["ignore", "pipe", "pipe"], signal });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  const how = await howItEnded(child);
  if (how !== "exit code 0")
    throw new AppError("internal", `${output.trim()}\n\nThe client in sdk/ could not be built (${how}), as said above.`);
}

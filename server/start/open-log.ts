import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import type { DataFolder } from "./data-folder.ts";

export type ServiceLog = {
  file: string | undefined;
  /** For a child's standard output and error. */
  output: number | "inherit";
  /** The end of what was logged since it was opened; empty where that went to standard output. */
  lastWords: () => string;
  close: () => void;
};

const LIMIT = 10 * 1024 * 1024;
const LINES = 15;

/** In trial mode the servers log to a file, so that the terminal shows what to do next. In production, standard output is the log. */
export function openLog(data: DataFolder | undefined): ServiceLog {
  if (!data) return { file: undefined, output: "inherit", lastWords: () => "", close: () => {} };
  const file = path.join(data.folder, "patchbay.log");
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LIMIT) renameSync(file, `${file}.1`);
  const output = openSync(file, "a", 0o600);
  const start = fstatSync(output).size;
  return {
    file,
    output,
    lastWords: () => readFileSync(file).subarray(start).toString("utf8").trim().split("\n").slice(-LINES).join("\n"),
    close: () => closeSync(output),
  };
}

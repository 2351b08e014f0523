import { readdirSync, readFileSync } from "node:fs";

export type Process = { pid: number; command: string; rss: number };

/** The processes that `root` started, itself included, with their resident memory in bytes. Linux only. */
export function listProcesses(root: number): Process[] {
  const all = new Map<number, { parent: number; process: Process }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const value = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").join(" ").trim();
      const process = { pid: Number(name), command, rss: value("VmRSS") * 1024 };
      all.set(process.pid, { parent: value("PPid"), process });
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid: number): boolean => pid === root || isBelowParent(all.get(pid)?.parent ?? 0);
  const isBelowParent = (parent: number): boolean => parent > 1 && isBelow(parent);
  return [...all.values()].map(({ process }) => process).filter(({ pid }) => isBelow(pid));
}

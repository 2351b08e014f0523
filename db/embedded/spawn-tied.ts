import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

export type Tied = { child: ChildProcess; pid: number; exited: Promise<string> };

/**
 * `$$` is this shell, which becomes the program; the watcher is orphaned on purpose, since Postgres distrusts children it
 * doesn't know. End of file on 3 means that our starter is gone; a line means that the program is, whose number may be
 * someone else's by now.
 */
const SCRIPT = `(
  (
    read -r _ <&3 && exit
    kill -"$0" $$
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 1; kill -0 $$ || exit; done
    kill -KILL $$
  ) >/dev/null 2>&1 &
)
exec "$@" 3<&-`;

/**
 * Starts a program that ends when this process does, even by kill -9: a watcher holds a pipe from us, and when it closes
 * sends `lastSignal`, then SIGKILL after 15 seconds.
 *
 * It gets a session of its own, so that Ctrl-C reaches only us, and we choose the order in which things end.
 * `exited` says how it ended, as "exit code 0", "signal SIGKILL" or why it did not start; it never rejects.
 */
export function spawnTied(
  program: string,
  args: string[],
  options: Pick<SpawnOptions, "uid" | "gid" | "cwd" | "env"> & { output: number | "inherit"; lastSignal: "INT" | "TERM" },
): Tied {
  const { output, lastSignal, ...rest } = options;
  const child = spawn("/bin/sh", ["-c", SCRIPT, lastSignal, program, ...args], {
    ...rest,
    detached: true,
    stdio: ["ignore", output, output, "pipe"],
  });
  const tie = child.stdio[3];
  tie?.on("error", () => {});
  const exited = howItEnded(child).then((how) => {
    if (tie && "end" in tie) tie.end("ended\n");
    return how;
  });
  return { child, pid: child.pid ?? -1, exited };
}

/** Resolves when the process is gone, however it went. */
export function howItEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

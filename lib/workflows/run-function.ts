import { Worker } from "node:worker_threads";
import type { StepFailure } from "./schema.ts";

/** What the code of a Function step sees, as globals. Plain JSON. */
export type FunctionInput = { trigger?: unknown; steps?: unknown; item?: unknown; user?: unknown };
export type FunctionResult = { ok: true; output: unknown } | { ok: false; failure: StepFailure };

/** Between us and the thread. */
export type FunctionTask = { id: number; code: string; input: string; timeoutMs: number };
export type FunctionReply =
  | { id: number; ok: true; output: string }
  | { id: number; ok: false; kind: "timeout" | "out_of_memory" | "thrown" | "not_json" | "too_large"; detail: string };

const TIMEOUT_MS = 5_000;
/** The interpreter ends endless code by itself; a thread that doesn't answer by then is ended with everything in it. */
const GRACE_MS = 2_000;
const THREADS = 2;

/**
 * Runs the code of a Function step: QuickJS in WebAssembly, without I/O, clock or modules, in a thread of its own, so that code without
 * end takes nobody else's time. Its output is what it returns, or its last expression, as JSON.
 */
export async function runFunction(
  code: string,
  input: FunctionInput,
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<FunctionResult> {
  const thread = await takeThread();
  const reply = await thread.run({ code, input: JSON.stringify(input), timeoutMs }).finally(() => giveBack(thread));
  return reply.ok ? { ok: true, output: JSON.parse(reply.output) as unknown } : { ok: false, failure: explain(reply, timeoutMs) };
}

function explain({ kind, detail }: Extract<FunctionReply, { ok: false }>, timeoutMs: number): StepFailure {
  switch (kind) {
    case "timeout":
      return {
        kind: "function_timeout",
        message: `The code ran for longer than ${timeoutMs / 1000} s and was ended.`,
        fix: "Look for a loop that doesn’t end, or do less in one step.",
      };
    case "out_of_memory":
      return {
        kind: "function_memory",
        message: "The code took more memory than it may have.",
        fix: "Keep less at once, or do less in one step.",
      };
    case "thrown":
      return { kind: "function_error", message: detail, fix: "Correct the code. It has no network, files, modules or timers." };
    case "not_json":
      return { kind: "function_output", message: `The output isn’t JSON: ${detail}`, fix: "Return plain values, lists and objects." };
    case "too_large":
      return { kind: "function_output", message: "The output is larger than 1 MB.", fix: "Return less: only what later steps read." };
  }
}

type Thread = { run(task: Omit<FunctionTask, "id">): Promise<FunctionReply> };

const idle: Thread[] = [];
const waiting: ((thread: Thread) => void)[] = [];
let made = 0;

async function takeThread(): Promise<Thread> {
  const free = idle.pop();
  if (free) return free;
  if (made < THREADS) {
    made++;
    return startThread();
  }
  return await new Promise((resolve) => waiting.push(resolve));
}

function giveBack(thread: Thread): void {
  const waiter = waiting.shift();
  if (waiter) waiter(thread);
  else idle.push(thread);
}

/** Begins its worker when there is something to run, and another one when that has been ended. */
function startThread(): Thread {
  let current: { worker: Worker; ready: Promise<void> } | null = null;
  let settle: (reply: FunctionReply) => void = () => {};
  let asked = 0;

  const begin = (): { worker: Worker; ready: Promise<void> } => {
    // Nothing of ours goes in: no environment, no arguments.
    const worker = new Worker(`${process.cwd()}/lib/workflows/function-thread.ts`, { env: {}, argv: [], execArgv: [] });
    worker.unref();
    const lose = () => {
      if (current?.worker === worker) current = null;
      settle({ id: asked, ok: false, kind: "out_of_memory", detail: "" });
    };
    const ready = new Promise<void>((resolve) => {
      worker.on("message", (message: FunctionReply | "ready") => (message === "ready" ? resolve() : settle(message)));
      worker.on("error", () => resolve(lose())).on("exit", () => resolve(lose()));
    });
    return { worker, ready };
  };
  const end = () => {
    const ended = current;
    current = null;
    ended?.worker.removeAllListeners();
    void ended?.worker.terminate();
  };

  return {
    run: async (task) => {
      current ??= begin();
      const { worker, ready } = current;
      // Beginning takes its time on a busy machine; the code's own time starts with the code.
      await ready;
      const id = ++asked;
      return await new Promise<FunctionReply>((resolve) => {
        const timer = setTimeout(() => {
          end();
          settle({ id, ok: false, kind: "timeout", detail: "" });
        }, task.timeoutMs + GRACE_MS);
        settle = (reply) => {
          if (reply.id !== id) return;
          clearTimeout(timer);
          // What has filled the memory is thrown away with it.
          if (!reply.ok && reply.kind === "out_of_memory") end();
          resolve(reply);
        };
        worker.postMessage({ ...task, id } satisfies FunctionTask);
      });
    },
  };
}

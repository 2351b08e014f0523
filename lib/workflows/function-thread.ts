/** The thread of Function steps: see run-function. */
import { parentPort } from "node:worker_threads";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import type { FunctionReply, FunctionTask } from "./run-function.ts";

const MOST_OUTPUT = 1_000_000;
/** Of the whole interpreter, in pages of 64 KiB: 16 MiB that it begins with, and 64 MiB for the code. */
const FIRST_PAGES = 256;
const MOST_PAGES = FIRST_PAGES + 1_024;
const STACK_BYTES = 512 * 1024;

type Ended = { ok: true; output: string } | Omit<Extract<FunctionReply, { ok: false }>, "id">;

/** Code that throws, or gives nothing, as a function body is read as a script too: its last expression is the output. */
function run(quickjs: QuickJSWASMModule, { code, input, timeoutMs }: FunctionTask): Ended {
  const deadline = performance.now() + timeoutMs;
  const forms = /\breturn\b|\bawait\b/.test(code) ? [`(async () => {${code}\n})()`, code] : [code];
  let ended: Ended = { ok: true, output: "null" };
  for (const form of forms) {
    const tried = runOnce(quickjs, form, { input, deadline });
    const isSyntax = !tried.ok && tried.detail.startsWith("SyntaxError");
    if (tried.ok && tried.output !== "null") return tried;
    if (!tried.ok && !isSyntax) return tried;
    // A script that can't be parsed says less than the function body that could be.
    if (form === forms[0] || tried.ok) ended = tried;
  }
  return ended;
}

function runOnce(quickjs: QuickJSWASMModule, code: string, { input, deadline }: { input: string; deadline: number }): Ended {
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(STACK_BYTES);
  runtime.setInterruptHandler(() => performance.now() > deadline);
  const context = runtime.newContext();
  const kept: QuickJSHandle[] = [];
  const keep = (handle: QuickJSHandle): QuickJSHandle => {
    kept.push(handle);
    return handle;
  };
  try {
    // Taken before the code runs, which may change what it finds.
    const json = keep(context.getProp(context.global, "JSON"));
    const stringify = keep(context.getProp(json, "stringify"));
    const parse = keep(context.getProp(json, "parse"));
    for (const [name, value] of Object.entries(JSON.parse(input) as Record<string, unknown>)) {
      // As the code would have parsed it itself: values made in here, with no way out.
      const parsed = context.callFunction(parse, json, keep(context.newString(JSON.stringify(value))));
      if (parsed.error) return tellError(context, keep(parsed.error), deadline);
      context.setProp(context.global, name, keep(parsed.value));
    }
    const evaluated = context.evalCode(code, "function.js");
    if (evaluated.error) return tellError(context, keep(evaluated.error), deadline);
    const settled = settle(context, runtime, keep(evaluated.value), keep);
    if (settled.error) return tellError(context, settled.error, deadline);
    const written = context.callFunction(stringify, context.undefined, settled.value);
    if (written.error) {
      keep(written.error);
      const failed = tellError(context, written.error, deadline);
      return !failed.ok && failed.kind === "thrown" ? { ...failed, kind: "not_json" } : failed;
    }
    keep(written.value);
    const output = context.typeof(written.value) === "string" ? context.getString(written.value) : "null";
    return output.length > MOST_OUTPUT ? { ok: false, kind: "too_large", detail: "" } : { ok: true, output };
  } finally {
    release(kept, context, runtime);
  }
}

/** The value of a promise that settles without anything from outside. */
function settle(
  context: QuickJSContext,
  runtime: QuickJSRuntime,
  value: QuickJSHandle,
  keep: (handle: QuickJSHandle) => QuickJSHandle,
): { error?: QuickJSHandle; value: QuickJSHandle } {
  if (context.typeof(value) !== "object") return { value };
  const jobs = runtime.executePendingJobs();
  if (jobs.error) return { error: keep(jobs.error), value };
  const state = context.getPromiseState(value);
  if (state.type === "fulfilled") return { value: state.notAPromise ? value : keep(state.value) };
  if (state.type === "rejected") return { error: keep(state.error), value };
  const message = "a promise never settles: there is nothing to wait for in here";
  return { error: keep(context.newError({ name: "Error", message })), value };
}

function tellError(context: QuickJSContext, error: QuickJSHandle, deadline: number): Ended {
  if (performance.now() > deadline) return { ok: false, kind: "timeout", detail: "" };
  const dumped = context.dump(error) as unknown;
  const { name, message, stack } = (typeof dumped === "object" && dumped !== null ? dumped : {}) as Record<string, unknown>;
  const line = typeof stack === "string" ? /function\.js:(\d+)/.exec(stack)?.[1] : undefined;
  const detail = name === undefined ? `thrown: ${String(JSON.stringify(dumped)).slice(0, 500)}` : `${name}: ${message}`;
  // Where nothing is left, not even the error can be made.
  if (/out of memory/.test(detail) || dumped === null || dumped === "") return { ok: false, kind: "out_of_memory", detail: "" };
  return { ok: false, kind: "thrown", detail: `${detail.slice(0, 1_000)}${line ? ` (line ${line})` : ""}` };
}

/** Where something is left that can't be taken apart in order, the whole interpreter is left to the collector. */
function release(kept: QuickJSHandle[], context: QuickJSContext, runtime: QuickJSRuntime): void {
  try {
    for (const handle of kept.toReversed()) if (handle.alive) handle.dispose();
    context.dispose();
    runtime.dispose();
  } catch {
    loading = load();
  }
}

/**
 * The limit is that of WebAssembly's memory, which nothing can grow beyond. QuickJS's own would count only a few bytes for each
 * allocation: compiled like this it doesn't know their sizes.
 */
function load(): Promise<QuickJSWASMModule> {
  const wasmMemory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES });
  return newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));
}

let loading = load();

parentPort?.on("message", async (task: FunctionTask) => {
  const ended = await loading
    .then((quickjs) => run(quickjs, task))
    .catch((error: Error): Ended => {
      // The interpreter itself broke off: a new one for the next.
      loading = load();
      const isMemory = /memory|stack|unreachable|Aborted/i.test(error.message);
      return { ok: false, kind: isMemory ? "out_of_memory" : "thrown", detail: error.message };
    });
  // What it grew to isn't given back.
  if (!ended.ok && ended.kind === "out_of_memory") loading = load();
  parentPort?.postMessage({ id: task.id, ...ended } satisfies FunctionReply);
});

await loading;
parentPort?.postMessage("ready");

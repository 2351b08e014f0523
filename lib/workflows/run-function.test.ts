import { performance } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { runFunction } from "./run-function.ts";

const failureOf = async (code: string, limits?: { timeoutMs?: number }) => {
  const result = await runFunction(code, { trigger: { n: 1 } }, limits);
  if (result.ok) throw new Error(`it gave ${JSON.stringify(result.output)}`);
  return result.failure;
};
const outputOf = async (code: string, input = {}) => {
  const result = await runFunction(code, input);
  if (!result.ok) throw new Error(result.failure.message);
  return result.output;
};

test("the output is what is returned, or the last expression", async () => {
  const input = { trigger: { tasks: [{ n: 2 }, { n: 3 }] }, steps: { get: { body: { id: "t1" } } }, item: "x" };
  expect(await outputOf("return trigger.tasks.map(({ n }) => n * 2)", input)).toEqual([4, 6]);
  expect(await outputOf("const sum = (list) => { return list.reduce((a, { n }) => a + n, 0) };\nsum(trigger.tasks)", input)).toBe(5);
  expect(await outputOf("({ id: steps.get.body.id, item })", input)).toEqual({ id: "t1", item: "x" });
  expect(await outputOf("const pause = async () => 7; return await pause()")).toBe(7);
  expect(await outputOf("let n = 1;")).toBe(null);
});

test("a run leaves nothing for the next one", async () => {
  await outputOf("globalThis.left = 1; JSON.stringify = () => 'no'; Array.prototype.map = null; 1");
  expect(await outputOf("[typeof left, [1].map((n) => n + 1)]")).toEqual(["undefined", [2]]);
});

describe("acceptance 5: code that does harm ends with a typed error and hurts nothing else", () => {
  test("a loop without end", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 20);
    const failure = await failureOf("for (;;) {}", { timeoutMs: 600 });
    clearInterval(timer);
    expect(failure.kind).toBe("function_timeout");
    // Everything else went on meanwhile.
    expect(ticks).toBeGreaterThan(8);
    expect(await outputOf("1 + 1")).toBe(2);
  });

  test("a loop without end in a promise, a getter and a pattern", async () => {
    expect((await failureOf("return await (async () => { for (;;) await null })()", { timeoutMs: 400 })).kind).toBe("function_timeout");
    expect((await failureOf("({ get a() { for (;;) {} } })", { timeoutMs: 400 })).kind).toBe("function_timeout");
    expect((await failureOf("/^(a+)+$/.test('a'.repeat(60) + 'b')", { timeoutMs: 400 })).kind).toBe("function_timeout");
  });

  test("allocation without end", async () => {
    const before = process.memoryUsage().rss;
    for (const code of [
      "const kept = []; for (;;) kept.push('x'.repeat(1000) + kept.length)",
      "const a = []; for (;;) a.push(new Array(1e5).fill(1))",
      "const a = []; for (;;) a.push({ a: 1, b: [1, 2, 3] })",
      "const a = []; for (;;) a.push(new Uint8Array(1e5))",
    ]) {
      expect((await failureOf(code)).kind).toBe("function_memory");
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    expect(await outputOf("1 + 1")).toBe(2);
  });

  test("recursion without end", async () => {
    expect((await failureOf("const f = () => f() + 1; f()")).kind).toMatch(/^function_(error|memory)$/);
    expect(await outputOf("1 + 1")).toBe(2);
  });

  test.each([
    "process.exit(1)",
    "require('fs')",
    "fetch('http://127.0.0.1')",
    "constructor.constructor('return process')().exit(1)",
    "({}).constructor.constructor('return process')()",
    "trigger.constructor.constructor('return process.env')()",
    "(async () => {}).constructor('return process')()",
    "setTimeout(() => {}, 1)",
    "globalThis.parentPort.postMessage(1)",
    "new Worker('x')",
  ])("%s", async (code) => {
    const failure = await failureOf(code);
    expect(failure.kind).toBe("function_error");
    expect(failure.message).toMatch(/ReferenceError|TypeError/);
  });

  test("an import", async () => {
    expect((await failureOf("return await import('node:fs')")).kind).toBe("function_error");
  });

  test("a promise that never settles", async () => {
    expect((await failureOf("new Promise(() => {})")).message).toMatch(/never settles/);
  });
});

test("a mistake is told with its line, and a syntax error as one", async () => {
  expect(await failureOf("const a = 1;\nconst b = a.b.c;\nb")).toMatchObject({
    kind: "function_error",
    message: expect.stringMatching(/^TypeError: .*\(line 2\)$/),
  });
  expect((await failureOf("const = 3")).message).toMatch(/^SyntaxError/);
  expect((await failureOf("throw { my: 'own' }")).message).toMatch(/my/);
});

test("an output that isn't JSON, or too large, is refused", async () => {
  expect((await failureOf("const a = {}; a.a = a; a")).kind).toBe("function_output");
  expect((await failureOf("1n")).kind).toBe("function_output");
  expect((await failureOf("'x'.repeat(2e6)")).kind).toBe("function_output");
});

test("two run at once, and a third waits for its turn", async () => {
  const began = performance.now();
  const results = await Promise.all(Array.from({ length: 6 }, (_, n) => outputOf(`${n} + 1`)));
  expect(results).toEqual([1, 2, 3, 4, 5, 6]);
  expect(performance.now() - began).toBeLessThan(10_000);
});

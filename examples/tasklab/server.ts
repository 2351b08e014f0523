import { startTasklab } from "./start-tasklab.ts";

/**
 * TaskLab from the command line: EXAMPLE_PORT (3002), EXAMPLE_HOST (127.0.0.1), EXAMPLE_TOKEN_LIFETIME (300 s), EXAMPLE_HOOKS_TO
 * (addresses that webhooks may go to; this machine). Ctrl-C ends it.
 */

function readNumber(name: string, usual: number, from: number, to: number): number {
  const text = process.env[name] || String(usual);
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to)
    throw new Error(`${name} is a whole number from ${from} to ${to}, not "${text}".`);
  return value;
}

function explain(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const port = process.env.EXAMPLE_PORT || "3002";
  if (code === "EADDRINUSE") return `Port ${port} is taken. End what uses it, or set EXAMPLE_PORT to another one.`;
  if (code === "EACCES") return `Port ${port} may not be opened by this user. Set EXAMPLE_PORT to one above 1023.`;
  return error instanceof Error ? error.message : String(error);
}

try {
  const tasklab = await startTasklab({
    port: readNumber("EXAMPLE_PORT", 3002, 0, 65_535),
    host: process.env.EXAMPLE_HOST || undefined,
    hooksTo: process.env.EXAMPLE_HOOKS_TO?.split(",").map((url) => new URL(url).origin),
    lifetime: readNumber("EXAMPLE_TOKEN_LIFETIME", 300, 1, 86_400),
  });
  console.log(`TaskLab, the example API, is at ${tasklab.url}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void tasklab.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(`TaskLab did not start. ${explain(error)}`);
  process.exit(1);
}

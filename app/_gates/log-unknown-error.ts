import { DrizzleQueryError } from "drizzle-orm/errors";
import { pino } from "pino";
import { env } from "#lib/env.ts";

const log = pino({ level: process.env.NODE_ENV === "test" ? "silent" : (process.env.LOG_LEVEL ?? env().LOG_LEVEL) });

/** Our own fault: to the log with its request id. Never the values of a query, which Drizzle writes into its message. */
export function logUnknownError(error: unknown, requestId: string): void {
  if (error instanceof DrizzleQueryError) log.error({ requestId, query: error.query, err: error.cause }, "query failed");
  else log.error({ requestId, err: error }, "unexpected error");
}

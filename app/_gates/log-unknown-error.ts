import { DrizzleQueryError } from "drizzle-orm/errors";
import { CredentialsSignin } from "next-auth";
import { pino } from "pino";
import { env } from "#lib/env.ts";

const log = pino({ level: process.env.NODE_ENV === "test" ? "silent" : (process.env.LOG_LEVEL ?? env().LOG_LEVEL) });

/** Our own fault: to the log with its request id. Never the values of a query, which Drizzle writes into its message. */
export function logUnknownError(error: unknown, requestId: string): void {
  if (error instanceof DrizzleQueryError) log.error({ requestId, query: error.query, err: error.cause }, "query failed");
  else log.error({ requestId, err: error }, "unexpected error");
}

/**
 * What next-auth met on the way back from the provider of single sign-on: whoever runs the server learns what is to be corrected.
 * Words only: the objects in it hold codes and tokens. A wrong password is no error.
 */
export function logSignInError(error: Error): void {
  if (error instanceof CredentialsSignin) return;
  const cause = error.cause as { err?: Error; error?: unknown; error_description?: unknown } | undefined;
  log.error(
    { kind: error.name, message: error.message, cause: cause?.err?.message ?? cause?.error_description ?? cause?.error },
    "single sign-on failed",
  );
}

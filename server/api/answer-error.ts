import type { Context } from "hono";
import { AppError } from "#lib/errors.ts";
import type { ApiEnv } from "./create-api.ts";

const INTERNAL = new AppError("internal", "Something failed on our side. Tell your admin the request id: the log has the cause.");
const UNAVAILABLE = new AppError("unavailable", "The database can't be reached just now. Try again in a few seconds.", { retryAfter: 2 });

/** Errors of the database driver that say nothing about the call, only that the database is away. */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED)|57P0[123]|08...|53300)$/;

/** Any error as the one JSON shape of all doors. Unknown errors show their request id, never their text. */
export const answerError = (context: Context<ApiEnv>, error: unknown): Response => toErrorResponse(error, context.get("requestId"));

export function toErrorResponse(error: unknown, requestId: string): Response {
  const known = toAppError(error);
  const { message, wireCode: code, status, details } = known;
  const headers: Record<string, string> = {
    ...details.headers,
    ...(status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
    ...(details.retryAfter === undefined ? {} : { "Retry-After": String(details.retryAfter) }),
  };
  return Response.json(
    { message, code, requestId, ...(details.fields ? { fields: details.fields } : {}), ...(details.meta ? { meta: details.meta } : {}) },
    { status, headers },
  );
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error.code === "internal" ? INTERNAL : error;
  const code = errorCode(error) ?? errorCode((error as { cause?: unknown } | null)?.cause);
  return code !== undefined && AWAY.test(code) ? UNAVAILABLE : INTERNAL;
}

const errorCode = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
};

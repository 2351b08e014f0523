import type { Context } from "hono";
import { isAway } from "#db/is-away.ts";
import { AppError } from "#lib/errors.ts";
import type { ApiEnv } from "./create-api.ts";

const INTERNAL = new AppError("internal", "Something failed on our side. Tell your admin the request id: the log has the cause.");
const UNAVAILABLE = new AppError("unavailable", "The database can't be reached just now. Try again in a few seconds.", { retryAfter: 2 });

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
  return isAway(error) ? UNAVAILABLE : INTERNAL;
}

import { Hono } from "hono";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { answerError } from "./answer-error.ts";
import { connect } from "./sdk/connect.ts";
import { credentials } from "./sdk/credentials.ts";
import { integrations } from "./sdk/integrations.ts";
import { me } from "./sdk/me.ts";
import { serveClientPage } from "./serve-client-page.ts";

export type ApiVariables = { requestId: string };
export type ApiEnv = { Variables: ApiVariables };
/** What routes work with; `onError` hears of faults of our own, which callers see as a request id only. */
export type ApiDependencies = { spine: Spine; onError: (error: unknown, requestId: string) => void };

const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
  // Names, not `*`: a wildcard doesn't cover Authorization (Fetch, section 3.3.3).
  "Access-Control-Allow-Headers":
    "authorization, content-type, accept, idempotency-key, x-paragon-sdk-version, x-paragon-credential, x-paragon-configuration-id, x-request-id",
  "Access-Control-Max-Age": "86400",
};

/**
 * The machine doors: one web-standard router, served by the gateway and mounted by Next. Cookies count for nothing here, so any
 * origin may call (rules.md, Doors 4).
 */
export function createApi(dependencies: ApiDependencies): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();

  api.use(async (context, next) => {
    const requestId = crypto.randomUUID();
    context.set("requestId", requestId);
    if (context.req.method === "OPTIONS") context.res = new Response(null, { status: 204, headers: PREFLIGHT });
    else await next();
    const { headers } = context.res;
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, WWW-Authenticate");
    headers.set("X-Request-Id", requestId);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
  });

  for (const base of ["/projects/:projectId/sdk", "/v2/projects/:projectId/sdk"]) {
    api.route(`${base}/resources`, connect(dependencies));
    api.route(`${base}/me`, me(dependencies));
    api.route(`${base}/integrations`, integrations(dependencies));
    api.route(`${base}/credentials`, credentials(dependencies));
  }
  api.get("/ui", serveClientPage);

  api.notFound((context) =>
    answerError(context, new AppError("not_found", "There is no such address in this API. The README lists them all.")),
  );
  api.onError((error, context) => {
    if (!(error instanceof AppError) || error.code === "internal") dependencies.onError(error, context.get("requestId"));
    return answerError(context, error);
  });
  return api;
}

import { Hono } from "hono";
import type { Environment } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { answerError } from "./answer-error.ts";
import { hooks } from "./hooks/receive.ts";
import { type CallLimits, createLimits, NO_LIMITS } from "./limit-calls.ts";
import { markAnswer } from "./mark-answer.ts";
import { connect } from "./sdk/connect.ts";
import { credentials } from "./sdk/credentials.ts";
import { events } from "./sdk/events.ts";
import { integrations } from "./sdk/integrations.ts";
import { me } from "./sdk/me.ts";
import { proxy } from "./sdk/proxy.ts";
import { triggers } from "./sdk/triggers.ts";
import { workflows } from "./sdk/workflows.ts";
import { serveClientPackage } from "./serve-client-package.ts";
import { serveClientPage } from "./serve-client-page.ts";

export type ApiVariables = { requestId: string };
export type ApiEnv = { Variables: ApiVariables };
/** What routes work with; `onError` hears of faults of our own, which callers see as a request id only. */
export type ApiDependencies = {
  spine: Spine;
  onError: (error: unknown, requestId: string) => void;
  /** Of calls with a user token; none when left out. */
  callLimits?: CallLimits;
};

/** As the environment says them. */
export const callLimitsOf = (
  env: Pick<Environment, "RATE_LIMIT_USER" | "RATE_LIMIT_PROJECT" | "RUN_INPUTS_USER" | "RUN_INPUTS_PROJECT">,
): CallLimits => ({
  calls: { user: env.RATE_LIMIT_USER, project: env.RATE_LIMIT_PROJECT },
  inputs: { user: env.RUN_INPUTS_USER, project: env.RUN_INPUTS_PROJECT },
});

/** Names, not `*`: a wildcard doesn't cover Authorization (Fetch, section 3.3.3). */
const ALLOWED_HEADERS =
  "authorization, content-type, accept, idempotency-key, x-paragon-sdk-version, x-paragon-credential, x-paragon-configuration-id, x-request-id";
/** Calls through a resource carry whatever header its API wants, so those that are asked for are allowed too. */
const ASKED_HEADERS = /^[\w!#$%&'*+.^`|~-]{1,100}(\s*,\s*[\w!#$%&'*+.^`|~-]{1,100}){0,50}$/;

const preflight = (asked: string | undefined) => ({
  "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
  "Access-Control-Allow-Headers": asked && ASKED_HEADERS.test(asked) ? `${ALLOWED_HEADERS}, ${asked.toLowerCase()}` : ALLOWED_HEADERS,
  "Access-Control-Max-Age": "86400",
  Vary: "Access-Control-Request-Headers",
});

/**
 * The machine doors: one web-standard router, served by the gateway and mounted by Next. Cookies count for nothing here, so any
 * origin may call (rules.md, Doors 4).
 */
export function createApi(dependencies: ApiDependencies): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();

  api.use(async (context, next) => {
    const requestId = crypto.randomUUID();
    context.set("requestId", requestId);
    // A preflight never carries Authorization (Fetch, section 3.3.2): with it, OPTIONS is a call like any other.
    if (context.req.method === "OPTIONS" && !context.req.header("authorization"))
      context.res = new Response(null, { status: 204, headers: preflight(context.req.header("access-control-request-headers")) });
    else await next();
    markAnswer(context.res, requestId);
  });

  // Both addresses, and all that stands below them, share one.
  const limits = createLimits(dependencies.callLimits ?? NO_LIMITS);
  const sdk = { spine: dependencies.spine, limits };
  for (const base of ["/projects/:projectId/sdk", "/v2/projects/:projectId/sdk"]) {
    api.route(`${base}/resources`, connect(sdk));
    api.route(`${base}/me`, me(sdk));
    api.route(`${base}/integrations`, integrations(sdk));
    api.route(`${base}/credentials`, credentials(sdk));
    api.route(`${base}/proxy`, proxy({ ...sdk, onError: dependencies.onError }));
    api.route(`${base}/events`, events(sdk));
    api.route(`${base}/triggers`, triggers(sdk));
    api.route(`${base}/workflows`, workflows(sdk));
  }
  api.route("/hooks", hooks(dependencies));
  api.get("/ui", serveClientPage);
  api.get("/connect.tgz", serveClientPackage);

  api.notFound((context) =>
    answerError(
      context,
      new AppError("not_found", "There is no such address in this API. The README lists them, under Addresses of the API."),
    ),
  );
  api.onError((error, context) => {
    if (!(error instanceof AppError) || error.code === "internal") dependencies.onError(error, context.get("requestId"));
    return answerError(context, error);
  });
  return api;
}

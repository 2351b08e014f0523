import { logUnknownError } from "#app/_gates/log-unknown-error.ts";
import { getSpine } from "#app/_gates/spine.ts";
import { env } from "#lib/env.ts";
import { callLimitsOf, createApi } from "#server/api/create-api.ts";

export const dynamic = "force-dynamic";

const BASE = "/api";
let api: ReturnType<typeof createApi> | undefined;

/** Mounts the machine doors below the dashboard's own address, so that one port is enough. The gateway serves the same, faster. */
function serve(request: Request): Response | Promise<Response> {
  api ??= createApi({ spine: getSpine(), onError: logUnknownError, callLimits: callLimitsOf(env()) });
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(BASE.length) || "/";
  return api.fetch(new Request(url, request));
}

export { serve as DELETE, serve as GET, serve as HEAD, serve as OPTIONS, serve as PATCH, serve as POST, serve as PUT };

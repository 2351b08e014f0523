import { type Context, Hono } from "hono";
import { findCallFacts } from "#db/queries/calls.ts";
import { listNamesOf } from "#db/queries/connections.ts";
import { callResource } from "#lib/connections/call-resource.ts";
import { AppError } from "#lib/errors.ts";
import { headersToSend } from "#lib/requests/given-headers.ts";
import { nameKey } from "#lib/resources/schema.ts";
import type { ApiDependencies, ApiEnv } from "../create-api.ts";
import { inferContentType, readForwardedBody } from "../read-forwarded-body.ts";
import { toResponse } from "../to-response.ts";
import { frameAnswer } from "./frame-answer.ts";
import { assertPermitted, bearerToken, claimedSub, idOrNil, isId } from "./gate.ts";
import { admitCaller, type SdkDependencies } from "./identify-caller.ts";

/** {METHOD} /projects/{projectId}/sdk/proxy/{resource name or id}/{path} (api.md, Proxied requests). */
export function proxy(dependencies: SdkDependencies & Pick<ApiDependencies, "onError">): Hono<ApiEnv> {
  const { spine, onError } = dependencies;

  return new Hono<ApiEnv>().all("/*", async (context) => {
    const request = context.req.raw;
    const token = bearerToken(context.req.header("authorization"));
    const projectId = idOrNil(context.req.param("projectId" as never));
    const { resource, target } = readAddress(asWritten(context));
    const facts = await findCallFacts(spine.sql, projectId, resource, claimedSub(token));
    const claims = await admitCaller(dependencies, { projectId, token }, facts);
    const resourceId = facts?.resource?.id;
    if (resourceId) await assertPermitted(claims, resourceId, "call", () => listNamesOf(spine.sql, projectId, resourceId));
    assertMethod(request.method);

    const body = await readForwardedBody(request);
    const requestId = context.get("requestId");
    const answer = await callResource(
      spine,
      { projectId },
      {
        facts: facts!,
        externalId: claims.sub,
        request: {
          method: request.method,
          target,
          headers: readHeaders(request.headers, inferContentType(request.headers.get("content-type"), body)),
        },
        body,
        acceptEncoding: acceptedEncodings(request.headers.get("accept-encoding")),
        frame: frameAnswer({ raw: isOn(request.headers.get("x-paragon-use-raw-response")) }),
        requestId,
        signal: request.signal,
        onError: (error) => onError(error, requestId),
      },
    );
    return toResponse(answer);
  });
}

/** The address as it came. By the time it is a URL, `..` has been resolved, and nobody would hear of it. */
const asWritten = ({ env, req }: Context<ApiEnv>): string => (env as { incoming?: { url?: string } } | undefined)?.incoming?.url ?? req.url;

const MARK = "/sdk/proxy/";

/** What stands behind `/sdk/proxy/`: the resource, then path and query as the caller wrote them. */
export function readAddress(url: string): { resource: { id: string } | { nameKey: string }; target: string } {
  const mark = url.indexOf(MARK);
  const rest = mark < 0 ? "" : url.slice(mark + MARK.length);
  const end = rest.search(/[/?]|$/);
  const name = decode(rest.slice(0, end));
  const target = rest.slice(end);
  return {
    resource: isId(name) ? { id: name.toLowerCase() } : { nameKey: nameKey(name) },
    // One slash parts name and path; what follows it must not be an address of its own.
    target: /^\/(?!\/|$|\?)/.test(target) ? target.slice(1) : target,
  };
}

function decode(name: string): string {
  try {
    // Postgres can't hold NUL in text; no name has one.
    return decodeURIComponent(name).replaceAll("\u0000", "\ufffd");
  } catch {
    throw new AppError("bad_input", "The resource's name isn't percent-encoded soundly. Encode it as UTF-8.");
  }
}

/** TRACE would show the caller what authenticates the call; the others are no requests of this kind. */
function assertMethod(method: string): void {
  if (/^(TRACE|TRACK|CONNECT)$/i.test(method))
    throw new AppError("bad_input", `${method} isn't sent through a resource. Use another method.`);
}

function readHeaders(headers: Headers, contentType: string | null): [string, string][] {
  const own = headersToSend([...headers]).filter(([name]) => name !== "content-type");
  if (contentType !== null) own.push(["Content-Type", contentType]);
  return own;
}

/** The encodings that both the caller and this process know; none means that the answer comes as it is. */
function acceptedEncodings(header: string | null): string {
  const known = (header ?? "").toLowerCase().match(/\b(gzip|deflate|br|zstd)\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/g);
  return known ? [...new Set(known)].join(", ") : "identity";
}

const isOn = (value: string | null): boolean => value !== null && /^(1|true)$/i.test(value.trim());

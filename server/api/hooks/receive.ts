import type { IncomingMessage } from "node:http";
import { type Context, Hono } from "hono";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { hookPath } from "#lib/paths.ts";
import { receiveWebhook } from "#lib/triggers/receive-webhook.ts";
import type { ReceivedRequest } from "#lib/triggers/received.ts";
import type { ApiDependencies, ApiEnv } from "../create-api.ts";
import { toResponse } from "../to-response.ts";

/** Senders stay far below: GitHub sends 25 MiB at most and almost always a few KiB. More isn't an event but a file. */
const BODY_BYTES = 1_048_576;

/** `/hooks/{token}`: the APIs behind resources, each verified as its trigger says. Bytes of the body are read as they come. */
export function hooks({ spine }: ApiDependencies): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  routes.all("/:token", async (context) => {
    const token = context.req.param("token");
    const received = await readRequest(context, token);
    const { status, headers, body } = await receiveWebhook(spine, { token, received, requestId: context.get("requestId") });
    return toResponse({ status, headers, body: body.length === 0 ? null : body });
  });
  return routes;
}

async function readRequest(context: Context<ApiEnv>, token: string): Promise<ReceivedRequest> {
  const request = context.req.raw;
  const url = new URL(request.url);
  const { PATCHBAY_API_URL, PATCHBAY_URL } = env();
  const path = `${hookPath(token)}${url.search}`;
  return {
    method: request.method,
    urls: [`${PATCHBAY_API_URL}${path}`, `${PATCHBAY_URL}/api${path}`, url.href],
    headers: [...request.headers],
    query: [...url.searchParams],
    body: await readBytes(request),
    address: addressOf(context),
  };
}

/** Counted as they come: a body without a length must not fill the memory. */
async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () => new AppError("too_large", `An event is at most ${BODY_BYTES / 1_048_576} MiB.`);
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > BODY_BYTES) throw tooLarge();
  try {
    if (length !== null) {
      const bytes = new Uint8Array(await request.arrayBuffer());
      if (bytes.byteLength > BODY_BYTES) throw tooLarge();
      return bytes;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > BODY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_input", "The body broke off. Send it whole.");
  }
}

/**
 * The sender's network address: of the socket, or, with TRUSTED_PROXIES, the entry of X-Forwarded-For that the outermost of them added.
 * Below the dashboard Next writes the socket's address into that header (drop-forged-addresses.ts).
 */
function addressOf(context: Context<ApiEnv>): string | null {
  const { TRUSTED_PROXIES } = env();
  const socket = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming?.socket.remoteAddress;
  if (socket !== undefined && TRUSTED_PROXIES === 0) return unmapped(socket);
  const entries = (context.req.header("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  const entry = entries.at(-Math.max(1, TRUSTED_PROXIES));
  return entry ? unmapped(entry) : socket ? unmapped(socket) : null;
}

/** An IPv4 sender on an IPv6 socket (RFC 4291, section 2.5.5.2). */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

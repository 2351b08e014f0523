import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { AppError } from "#lib/errors.ts";
import { toErrorResponse } from "./api/answer-error.ts";
import type { ApiEnv } from "./api/create-api.ts";
import { markAnswer } from "./api/mark-answer.ts";
import { GivingResponse } from "./give-back.ts";

/** Above the 10 minutes that a call through a resource may take in all (rules.md, Doors 3): its body may be on its way as long. */
const REQUEST_MS = 660_000;

/** Idle connections stay open longer than reverse proxies keep theirs (60 s is their usual time), so that it is they who end one. */
const KEPT_MS = 75_000;

/** The machine doors on plain node:http. */
export function serveApi(
  api: Hono<ApiEnv>,
  { port, hostname }: { port: number; hostname?: string },
  onListening: (port: number) => void,
): Server {
  // Requests that aren't one: a backslash in the path, no Host. What the API itself throws it answers itself.
  const listener = getRequestListener(api.fetch, { hostname, errorHandler: unreadable });
  const server = createServer({ requestTimeout: REQUEST_MS, keepAliveTimeout: KEPT_MS, ServerResponse: GivingResponse }, listener);
  return server.listen(port, hostname, () => onListening((server.address() as AddressInfo).port));
}

function unreadable(): Response {
  const error = new AppError(
    "bad_input",
    "The request can't be read: its address holds a backslash, or its Host isn't one. Encode the address.",
  );
  const requestId = crypto.randomUUID();
  const response = toErrorResponse(error, requestId);
  markAnswer(response, requestId);
  return response;
}

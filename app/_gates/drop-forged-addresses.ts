import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { env } from "#lib/env.ts";

/**
 * Next puts the socket's address into X-Forwarded-For, but keeps one that the caller sent, and shows a page no socket. Where no
 * proxy is trusted the caller's is dropped here, before Next sees the request, so that what arrives is the socket's.
 */
export function dropForgedAddresses(): void {
  if (env().TRUSTED_PROXIES > 0) return;
  subscribe("http.server.request.start", (message) => {
    delete (message as { request: IncomingMessage }).request.headers["x-forwarded-for"];
  });
}

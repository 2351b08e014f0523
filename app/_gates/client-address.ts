import { headers } from "next/headers";
import { env } from "#lib/env.ts";

/**
 * The caller's network address. Next puts the socket's into X-Forwarded-For when there is none, and our web server drops what
 * a caller sent unless TRUSTED_PROXIES says how many proxies of yours add to it: then it is the entry that the outermost one added.
 */
export async function clientAddress(): Promise<string | null> {
  const entries = ((await headers()).get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  return entries.at(-Math.max(1, env().TRUSTED_PROXIES)) || null;
}

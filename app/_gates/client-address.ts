import { headers } from "next/headers";
import { env } from "#lib/env.ts";

/**
 * The caller's network address, or null when it can't be known: anyone may send X-Forwarded-For, and Next shows no socket.
 * TRUSTED_PROXIES says how many proxies of yours add to the header; the address is the entry that the outermost one added.
 */
export async function clientAddress(): Promise<string | null> {
  const hops = env().TRUSTED_PROXIES;
  if (hops === 0) return null;
  const entries = ((await headers()).get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  return entries.at(-hops) || null;
}

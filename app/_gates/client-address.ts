import { headers } from "next/headers";
import { env } from "#lib/env.ts";

/**
 * The caller's network address. TRUSTED_PROXIES says how many proxies of yours add to X-Forwarded-For: it is the entry that the
 * outermost one added. With none it is the socket's (drop-forged-addresses.ts). Null where nothing is known.
 */
export async function clientAddress(): Promise<string | null> {
  const entries = ((await headers()).get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  const entry = entries.at(-Math.max(1, env().TRUSTED_PROXIES));
  // An IPv4 caller on an IPv6 socket (RFC 4291, section 2.5.5.2).
  return entry?.replace(/^::ffff:(?=\d+\.)/i, "") || null;
}

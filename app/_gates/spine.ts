import { getDatabase } from "#db/client.ts";
import { type OpenSpine, openSpine } from "#lib/connections/open-spine.ts";
import { env } from "#lib/env.ts";
import { logUnknownError } from "./log-unknown-error.ts";

const shared = globalThis as unknown as { patchbaySpine?: OpenSpine };

/** The dashboard's spine, opened at first use. Survives hot reload. */
export function getSpine(): OpenSpine {
  shared.patchbaySpine ??= openSpine(getDatabase(), {
    outboundAllow: env().OUTBOUND_ALLOW,
    onError: (error) => logUnknownError(error, "activity"),
  });
  return shared.patchbaySpine;
}

import { env } from "#lib/env.ts";

/** Whether browsers reach the dashboard by https: then cookies are bound to this very host. */
export const isSecure = () => env().PATCHBAY_URL.startsWith("https://");

import { fileURLToPath } from "node:url";

/** The packages are those of the checkout. */
const root = fileURLToPath(new URL("../../..", import.meta.url));

export default { turbopack: { root }, serverExternalPackages: ["postgres"] };

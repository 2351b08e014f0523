/** The project that was open last in this browser. A hint for where to go, nothing more. */
export const LAST_PROJECT_COOKIE = "patchbay.project";

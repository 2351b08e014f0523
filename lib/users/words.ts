/** The names that an act on users and a look at them go by. Without zod, so that pages don't carry it. */

export const SHOWN_STATUSES = ["VALID", "PENDING", "INVALID"] as const;

export const BULK_KINDS = ["refresh", "verify", "disconnect", "delete_users"] as const;

/** Which events of a timeline are shown. */
export const TIMELINE_VIEWS = ["all", "refreshes", "failures"] as const;

/** The words of activity that pages, addresses and tables share. Light: no zod. */

export const ACTIVITY_KINDS = ["call", "token", "profile", "verify", "connect", "webhook"] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

export const ACTIVITY_SOURCES = ["test", "connect", "sdk", "schedule", "manual", "workflow", "webhook"] as const;
export type ActivitySource = (typeof ACTIVITY_SOURCES)[number];

/** How something ended. `failed`: no answer, or a good status that lacked what was needed. `error`: all but `ok`. */
export const ACTIVITY_ENDS = ["ok", "4xx", "5xx", "failed", "error"] as const;
export type ActivityEnd = (typeof ACTIVITY_ENDS)[number];

export const ACTIVITY_RANGES = ["hour", "day", "week", "month"] as const;
export type ActivityRange = (typeof ACTIVITY_RANGES)[number];
export const RANGE_SECONDS: Record<ActivityRange, number> = { hour: 3_600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 };
export const USUAL_RANGE: ActivityRange = "day";

/** What the Overview looks back over, and in how many stretches: they end with the running hour, in every time zone alike. */
export const OVERVIEW_RANGES = ["24h", "7d", "30d"] as const;
export type OverviewRange = (typeof OVERVIEW_RANGES)[number];
export const OVERVIEW_BINS: Record<OverviewRange, { binHours: number; bins: number }> = {
  "24h": { binHours: 1, bins: 24 },
  "7d": { binHours: 6, bins: 28 },
  "30d": { binHours: 24, bins: 30 },
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isRequestId = (text: string): boolean => UUID.test(text.trim());

/** A row's key as it stands in an address: "1795638667123456_<id>", in microseconds since 1970. The time finds the row's partition. */
export const writeActivityKey = ({ at, id }: { at: string; id: string }): string => {
  const micros = /\.\d{3}(\d{3})Z$/.exec(at)?.[1] ?? "000";
  return `${Date.parse(at)}${micros}_${id}`;
};

/** Null for anything that `writeActivityKey` doesn't write. */
export function readActivityKey(text: string): { at: string; id: string } | null {
  const [, millis, micros, id] = /^(\d{13})(\d{3})_([0-9a-f-]{36})$/.exec(text) ?? [];
  if (!id || !isRequestId(id)) return null;
  return { at: new Date(Number(millis)).toISOString().replace("Z", `${micros}Z`), id };
}

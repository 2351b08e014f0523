import { parseAsIsoDateTime, parseAsStringLiteral } from "nuqs/server";
import { ACTIVITY_RANGES, type ActivityRange } from "#lib/activity/words.ts";

/** The stretch of time that a list is about, as it stands in the address. */
export const RANGE_PARAMS = {
  range: parseAsStringLiteral(ACTIVITY_RANGES),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};
export type RangeParams = { range: ActivityRange | null; from: Date | null; to: Date | null };

/** As actions take it; whatever can't be meant is left out. */
export const rangeOf = ({ range, from, to }: RangeParams) => ({
  range: from || to ? null : range,
  from: momentOf(from),
  to: momentOf(to),
});

/** Years of four digits: others are written in a way that not everything reads. */
const momentOf = (date: Date | null): string | null =>
  date && date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 9999 ? date.toISOString() : null;

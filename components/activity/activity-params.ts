import { type inferParserType, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { RANGE_PARAMS, rangeOf } from "#components/history/range-params.ts";
import type { ActivityFilter } from "#lib/activity/schema.ts";
import { ACTIVITY_ENDS, ACTIVITY_KINDS, ACTIVITY_SOURCES, isRequestId } from "#lib/activity/words.ts";

/** What stands in the address of an activity list. */
export const ACTIVITY_PARAMS = {
  ...RANGE_PARAMS,
  kind: parseAsStringLiteral(ACTIVITY_KINDS),
  resource: parseAsString.withDefault(""),
  user: parseAsString.withDefault(""),
  status: parseAsStringLiteral(ACTIVITY_ENDS),
  source: parseAsStringLiteral(ACTIVITY_SOURCES),
  q: parseAsString.withDefault(""),
  /** The row in the panel. */
  open: parseAsString.withDefault(""),
  live: parseAsBoolean.withDefault(false),
};
export type ActivityParams = inferParserType<typeof ACTIVITY_PARAMS>;

/** But the time: that stays when filters are cleared. */
export const NO_FILTER = { kind: null, resource: null, user: null, status: null, source: null, q: null };

/** The filter that an address asks for; whatever in it can't be meant is left out. Pure, and the same on both sides. */
export function filterOf(params: ActivityParams, fixedResource?: string): ActivityFilter {
  const { kind, status, source, resource, user, q } = params;
  return {
    ...rangeOf(params),
    kind,
    status,
    source,
    resource: fixedResource ?? (isRequestId(resource) ? resource.toLowerCase() : null),
    user: user.slice(0, 255) || null,
    q: q.trim().slice(0, 200) || null,
  };
}

/** Whether anything but the time is asked for. */
export const isNarrowed = ({ kind, status, source, resource, user, q }: ActivityFilter, fixedResource?: string): boolean =>
  Boolean(kind || status || source || user || q || (resource && resource !== fixedResource));

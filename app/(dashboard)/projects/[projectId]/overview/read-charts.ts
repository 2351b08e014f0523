import { getDatabase } from "#db/client.ts";
import { countByBin, countRunsByBin } from "#db/queries/overview.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Charts, endOfBins, fillBins } from "#lib/activity/fill-bins.ts";
import { OVERVIEW_BINS, type OverviewRange } from "#lib/activity/words.ts";

export async function readCharts(scope: Scope, range: OverviewRange, now: Date): Promise<Charts> {
  const to = endOfBins(now);
  const { db } = getDatabase();
  const bins = { to, ...OVERVIEW_BINS[range] };
  const [calls, runs] = await Promise.all([countByBin(scope, db, bins), countRunsByBin(scope, db, bins)]);
  return fillBins(calls, runs, range, to);
}

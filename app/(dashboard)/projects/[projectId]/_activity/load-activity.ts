import { createLoader } from "nuqs/server";
import { ACTIVITY_PARAMS, filterOf } from "#components/activity/activity-params.ts";
import { getDatabase } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { searchActivity, tellActivity } from "#lib/activity/search-activity.ts";
import { readActivityKey } from "#lib/activity/words.ts";

export type ActivitySearch = Promise<Record<string, string | string[] | undefined>>;

const readParams = createLoader(ACTIVITY_PARAMS);

/** What the address asks for: the first page of the list, and the row that is open. */
export async function loadActivity(scope: Scope, search: ActivitySearch, fixedResource?: string) {
  const { db } = getDatabase();
  const params = await readParams(search);
  const filter = filterOf(params, fixedResource);
  const key = readActivityKey(params.open);
  const [page, story] = await Promise.all([searchActivity(scope, db, filter), key ? tellActivity(scope, db, key) : null]);
  return { filter, page, story };
}

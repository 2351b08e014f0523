import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { activity } from "#db/schema/activity.ts";
import type { Scope } from "./scope.ts";

export type AnswerRow = {
  id: string;
  at: Date;
  method: string;
  path: string;
  status: number;
  headers: [string, string][];
  body: string;
};

/** Rows that are looked through: of a busy resource, whose calls work, the newest answers that were kept may be far back. */
const LOOKED_THROUGH = 5_000;

/** The newest answers of a resource's API that were kept (tests, drills, failed calls), redacted. Token calls left out. */
export async function listAnswers(scope: Scope, db: Database, resourceId: string, limit = 20): Promise<AnswerRow[]> {
  const rows = await db.execute(sql`
    select id, at, coalesce(method, '') as method, coalesce(path, '') as path, (detail->'response'->>'status')::int as status,
      detail->'response'->'headers' as headers, left(coalesce(detail->'response'->>'body', ''), 65536) as body
    from (
      select id, at, kind, method, path, detail from ${activity}
      where project_id = ${scope.projectId} and resource_id = ${resourceId} and at > now() - interval '30 days'
      order by at desc limit ${LOOKED_THROUGH}
    ) recent
    where kind in ('call', 'profile', 'verify') and detail is not null and detail->'response' is not null
    order by at desc limit ${limit}`);
  return [...rows].map((row) => ({ ...(row as AnswerRow), at: new Date(row.at as string) }));
}

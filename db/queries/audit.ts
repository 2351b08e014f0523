import { and, desc, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { audit } from "#db/schema/activity.ts";
import type { Scope } from "./scope.ts";

/** The newest rows of a project's audit log. */
export async function listAudit(scope: Scope, db: Database, { limit = 50 }: { limit?: number } = {}) {
  return db
    .select()
    .from(audit)
    .where(and(eq(audit.projectId, scope.projectId)))
    .orderBy(desc(audit.at), desc(audit.id))
    .limit(limit);
}
export type AuditRow = Awaited<ReturnType<typeof listAudit>>[number];

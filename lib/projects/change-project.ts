import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { project } from "#db/schema/members.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";

const live = ({ projectId }: Scope) => and(eq(project.id, projectId), isNull(project.deletedAt));

export async function renameProject(scope: Scope, db: Database, actor: Actor, { name }: { name: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.update(project).set({ name }).where(live(scope)).returning({ id: project.id });
    if (!row) throw gone();
    await recordAudit(tx, { ...scope, actor, action: "project.rename", subject: `project:${row.id}`, detail: { name } });
  });
}

/** Whether user tokens of this project must name it as their audience. Counts from the next call. */
export async function setRequireAudience(
  scope: Scope,
  db: Database,
  actor: Actor,
  { requireAudience }: { requireAudience: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.update(project).set({ requireAudience }).where(live(scope)).returning({ id: project.id });
    if (!row) throw gone();
    await recordAudit(tx, { ...scope, actor, action: "project.update", subject: `project:${row.id}`, detail: { requireAudience } });
  });
}

/** Takes the project from the dashboard and from every door at once. `typedName` must be its name. */
export async function deleteProject(scope: Scope, db: Database, actor: Actor, { typedName }: { typedName: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.select({ name: project.name }).from(project).where(live(scope)).for("update");
    if (!row) throw gone();
    if (typedName.trim() !== row.name) {
      const message = `Type the project’s name to delete it: ${row.name}`;
      throw new AppError("bad_input", message, { fields: { typedName: message } });
    }
    await tx.update(project).set({ deletedAt: sql`now()` }).where(live(scope));
    await recordAudit(tx, { ...scope, actor, action: "project.delete", subject: `project:${scope.projectId}`, detail: { name: row.name } });
  });
}

const gone = () => new AppError("not_found", "This project was deleted meanwhile. Open the list of projects.");

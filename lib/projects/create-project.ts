import type { Database } from "#db/client.ts";
import { project, projectMember } from "#db/schema/members.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";

/** Makes a project with its first admin. */
export async function createProject(
  db: Database,
  actor: Actor,
  { name, adminId }: { name: string; adminId: string },
): Promise<{ id: string }> {
  return db.transaction(async (tx) => {
    const [row] = await tx.insert(project).values({ name }).returning({ id: project.id });
    const { id } = row!;
    await tx.insert(projectMember).values({ projectId: id, memberId: adminId, role: "admin" });
    await recordAudit(tx, { projectId: id, actor, action: "project.create", subject: `project:${id}`, detail: { name } });
    return { id };
  });
}

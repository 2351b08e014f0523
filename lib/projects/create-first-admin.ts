import type { Database } from "#db/client.ts";
import { anyMember } from "#db/queries/members.ts";
import { instance, member } from "#db/schema/members.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { createProject } from "./create-project.ts";
import { hashPassword } from "./hash-password.ts";
import { Email, emailKey, NewPassword, ProjectName } from "./schema.ts";

export type FirstAdmin = { memberId: string; projectId: string };

/**
 * Makes the first admin and project from PATCHBAY_ADMIN_EMAIL and PATCHBAY_ADMIN_PASSWORD. Does nothing once there is a
 * member, whatever the values; of several replicas that start at once, one makes it.
 */
export async function createFirstAdmin(
  db: Database,
  { email, password, projectName = "My project" }: { email: string; password: string; projectName?: string },
): Promise<FirstAdmin | null> {
  if (await anyMember(db)) return null;
  const fields = { PATCHBAY_ADMIN_EMAIL: Email.safeParse(email), PATCHBAY_ADMIN_PASSWORD: NewPassword.safeParse(password) };
  for (const [name, { error }] of Object.entries(fields)) {
    if (error) throw new AppError("bad_input", `${name} can’t be used. ${error.issues[0]!.message}`);
  }
  const name = email.trim().split("@", 1)[0]!;
  const passwordHash = await hashPassword(password);
  return db.transaction((tx) =>
    insertFirstAdmin(tx, { name, email: email.trim(), passwordHash, projectName: ProjectName.parse(projectName) }),
  );
}

/**
 * Null when another process was first: the row "first-admin" can be inserted once, and whoever comes second waits for the
 * first to commit. Runs in the caller's transaction.
 */
export async function insertFirstAdmin(
  tx: Database,
  { name, email, passwordHash, projectName }: { name: string; email: string; passwordHash: string; projectName: string },
): Promise<FirstAdmin | null> {
  const [won] = await tx
    .insert(instance)
    .values({ name: "first-admin", value: new Uint8Array() })
    .onConflictDoNothing()
    .returning({ name: instance.name });
  if (!won || (await anyMember(tx))) return null;
  const [row] = await tx
    .insert(member)
    .values({ name, email, emailKey: emailKey(email), passwordHash })
    .returning({ id: member.id });
  const memberId = row!.id;
  const actor = { kind: "member", id: memberId } as const;
  await recordAudit(tx, { projectId: null, actor, action: "member.create", subject: `member:${memberId}`, detail: { by: "first-setup" } });
  const { id: projectId } = await createProject(tx, actor, { name: projectName, adminId: memberId });
  return { memberId, projectId };
}

/** A database with members and projects in it, for tests. */
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { audit } from "#db/schema/activity.ts";
import { member } from "#db/schema/members.ts";
import { testDatabase } from "#db/testing.ts";
import { createProject } from "./create-project.ts";
import { hashPassword } from "./hash-password.ts";
import { acceptInvitation, createInvitation } from "./invite-member.ts";
import type { Role } from "./roles.ts";
import { emailKey } from "./schema.ts";

export const PASSWORD = "correct horse battery";

export const actorOf = ({ id }: { id: string }) => ({ kind: "member", id }) as const;
export const tokenOf = (path: string) => path.split("/").at(-1)!;

export async function testMembers() {
  const { db, sql } = await testDatabase();
  const passwordHash = await hashPassword(PASSWORD);

  async function makeMember(name = "Mara") {
    const email = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@corvid.example`;
    const [row] = await db
      .insert(member)
      .values({ name, email, emailKey: emailKey(email), passwordHash })
      .returning();
    return row!;
  }

  async function makeProject() {
    const admin = await makeMember("Admin");
    const { id: projectId } = await createProject(db, actorOf(admin), { name: "Corvid", adminId: admin.id });
    return { admin, scope: { projectId }, actor: actorOf(admin) };
  }

  async function addMember({ scope, actor }: Awaited<ReturnType<typeof makeProject>>, role: Role) {
    const person = await makeMember("Joon");
    const { path } = await createInvitation(scope, db, actor, { role, email: null });
    await acceptInvitation(db, tokenOf(path), person);
    return person;
  }

  /** What the audit log says was done to it, in its order. */
  const actions = async (subject: string) =>
    (await db.select({ action: audit.action }).from(audit).where(eq(audit.subject, subject)).orderBy(audit.at)).map((row) => row.action);

  // Of whom an instance has one: whoever comes after was invited.
  await makeMember("First");
  return { db, sql, passwordHash, makeMember, makeProject, addMember, actions };
}

import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { member } from "#db/schema/members.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { hashPassword, verifyPassword } from "./hash-password.ts";
import { releaseLogin, reserveLogin } from "./limit-login.ts";
import { endOtherSessions } from "./start-session.ts";

type Self = { id: string; email: string };

const about = (self: Self) => ({ projectId: null, actor: { kind: "member", id: self.id }, subject: `member:${self.id}` }) as const;

export async function changeName(db: Database, self: Self, { name }: { name: string }): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.update(member).set({ name }).where(eq(member.id, self.id));
    await recordAudit(tx, { ...about(self), action: "member.update", detail: { name } });
  });
}

/**
 * Sets a new password and ends all other sessions. Asks for the current one, under the limits of signing in: an open browser
 * must not be enough to take an account over.
 */
export async function changePassword(
  db: Database,
  self: Self,
  { current, next, sessionId, address }: { current: string; next: string; sessionId: string | null; address: string | null },
): Promise<void> {
  await reserveLogin(db, { email: self.email, address });
  const [row] = await db.select({ passwordHash: member.passwordHash }).from(member).where(eq(member.id, self.id));
  if (!(await verifyPassword(row?.passwordHash ?? null, current))) {
    const message = "That isn’t your current password. Check it and try again.";
    throw new AppError("bad_input", message, { fields: { current: message } });
  }
  await releaseLogin(db, { email: self.email, address });
  const passwordHash = await hashPassword(next);
  await db.transaction(async (tx) => {
    await tx.update(member).set({ passwordHash }).where(eq(member.id, self.id));
    await endOtherSessions(tx, self.id, sessionId);
    await recordAudit(tx, { ...about(self), action: "member.change-password", address });
  });
}

/** Ends every session of the member, this one too. */
export async function signOutEverywhere(db: Database, self: Self): Promise<void> {
  await db.transaction(async (tx) => {
    await endOtherSessions(tx, self.id, null);
    await recordAudit(tx, { ...about(self), action: "member.sign-out-everywhere" });
  });
}

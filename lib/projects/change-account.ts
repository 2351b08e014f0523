import { and, eq } from "drizzle-orm";
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
  const verified = row?.passwordHash ?? null;
  if (!(await verifyPassword(verified, current)) || verified === null) throw notCurrent();
  await releaseLogin(db, { email: self.email, address });
  const passwordHash = await hashPassword(next);
  await db.transaction(async (tx) => {
    // It may have changed or gone while both were hashed: then this isn't the current one any more.
    const [changed] = await tx
      .update(member)
      .set({ passwordHash })
      .where(and(eq(member.id, self.id), eq(member.passwordHash, verified)))
      .returning({ id: member.id });
    if (!changed) throw notCurrent();
    await endOtherSessions(tx, self.id, sessionId);
    await recordAudit(tx, { ...about(self), action: "member.change-password", address });
  });
}

function notCurrent(): AppError {
  const message = "That isn’t your current password. Check it and try again.";
  return new AppError("bad_input", message, { fields: { current: message } });
}

/** Ends every session of the member, this one too. */
export async function signOutEverywhere(db: Database, self: Self): Promise<void> {
  await db.transaction(async (tx) => {
    await endOtherSessions(tx, self.id, null);
    await recordAudit(tx, { ...about(self), action: "member.sign-out-everywhere" });
  });
}

import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { member } from "#db/schema/members.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { verifyPassword } from "./hash-password.ts";
import { releaseLogin, reserveLogin } from "./limit-login.ts";
import { emailKey, type SignIn } from "./schema.ts";

export type LoggedIn = { id: string; name: string; email: string; passwordHash: string };

export const wrongPassword = () => new AppError("unauthenticated", "That email and password don’t match. Check both and try again.");

/** Whose email and password these are. One answer, in one time, for a wrong password and for an unknown account. */
export async function checkLogin(db: Database, { email, password }: SignIn, address: string | null): Promise<LoggedIn> {
  try {
    await reserveLogin(db, { email, address });
  } catch (error) {
    // One row when a limit is reached, none for the attempts after it: they could fill the log.
    if (error instanceof AppError && error.details.meta?.firstRefused) await recordFailure(db, undefined, address, "limit");
    throw error;
  }
  const [found] = await db
    .select()
    .from(member)
    .where(eq(member.emailKey, emailKey(email)));
  if (!(await verifyPassword(found?.passwordHash ?? null, password)) || !found?.passwordHash) {
    await recordFailure(db, found?.id, address, "password");
    throw wrongPassword();
  }
  await releaseLogin(db, { email, address });
  return { id: found.id, name: found.name, email: found.email, passwordHash: found.passwordHash };
}

const recordFailure = (db: Database, memberId: string | undefined, address: string | null, reason: "password" | "limit") =>
  recordAudit(db, {
    projectId: null,
    actor: { kind: "anonymous" },
    action: "member.sign-in-failed",
    subject: memberId ? `member:${memberId}` : undefined,
    address,
    detail: { reason },
  });

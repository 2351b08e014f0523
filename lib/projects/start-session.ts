import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { member, session } from "#db/schema/members.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { wrongPassword } from "./check-login.ts";

export const SESSION_DAYS = 30;

/** `passwordHash` is the one that was compared with what the person typed. */
export type SignedInBy = { by: "password"; passwordHash: string } | { by: "oidc" };

/**
 * Makes the row that a signed-in browser stands on, and clears the member's expired ones. Gives its id.
 *
 * An invitation proves no address, so whoever holds one could make an account for somebody else's and wait for its owner. The provider
 * of single sign-on does prove it: the first sign-in by it removes the password, and ends what was begun with that. Afterwards
 * there is none, since a new password takes the current one. The first admin, who has the server's word, keeps theirs: it opens the
 * instance while the provider doesn't answer.
 */
export async function startSession(db: Database, memberId: string, how: SignedInBy & { address: string | null }): Promise<string> {
  return db.transaction(async (tx) => {
    // The member's row first, then sessions, as all who end sessions do: in another order two could wait for each other for ever.
    if (how.by === "oidc") await removePassword(tx, memberId, how.address);
    else await assertStillPassword(tx, memberId, how.passwordHash);
    await tx.delete(session).where(sql`${session.memberId} = ${memberId} and ${session.expiresAt} <= now()`);
    const [row] = await tx
      .insert(session)
      .values({ memberId, expiresAt: sql`now() + make_interval(days => ${SESSION_DAYS})` })
      .returning({ id: session.id });
    await recordAudit(tx, {
      projectId: null,
      actor: { kind: "member", id: memberId },
      action: "member.sign-in",
      subject: `member:${memberId}`,
      address: how.address,
      detail: { by: how.by },
    });
    return row!.id;
  });
}

/**
 * Checking a password takes a while, in which the password may go, and every session with it. This one would outlive that: the lock
 * makes it wait for whoever changes the password, and whoever changes it afterwards finds the session.
 */
async function assertStillPassword(tx: Database, memberId: string, verified: string): Promise<void> {
  const rows = await tx
    .select({ id: member.id })
    .from(member)
    .where(and(eq(member.id, memberId), eq(member.passwordHash, verified)))
    .for("share");
  if (rows.length === 0) throw wrongPassword();
}

/** Members are never deleted, and whoever isn't the first one came by an invitation. */
const wasInvited = sql`exists (select 1 from ${member} earlier where earlier.created_at < ${member.createdAt})`;

async function removePassword(tx: Database, memberId: string, address: string | null): Promise<void> {
  const [removed] = await tx
    .update(member)
    .set({ passwordHash: null })
    .where(and(eq(member.id, memberId), isNotNull(member.passwordHash), wasInvited))
    .returning({ id: member.id });
  if (!removed) return;
  await endOtherSessions(tx, memberId, null);
  await recordAudit(tx, {
    projectId: null,
    actor: { kind: "member", id: memberId },
    action: "member.remove-password",
    subject: `member:${memberId}`,
    address,
    detail: { by: "oidc" },
  });
}

/** Ends one session: the next request with its cookie is signed out. Ending one that has ended changes nothing. */
export async function endSession(db: Database, sessionId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [ended] = await tx.delete(session).where(eq(session.id, sessionId)).returning({ memberId: session.memberId });
    if (!ended) return;
    const { memberId } = ended;
    await recordAudit(tx, {
      projectId: null,
      actor: { kind: "member", id: memberId },
      action: "member.sign-out",
      subject: `member:${memberId}`,
    });
  });
}

/** Ends every session of a member, but the one to keep. */
export async function endOtherSessions(tx: Pick<Database, "delete">, memberId: string, keep: string | null): Promise<void> {
  await tx.delete(session).where(sql`${session.memberId} = ${memberId} and ${session.id} is distinct from ${keep}`);
}

import { eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { session } from "#db/schema/members.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";

export const SESSION_DAYS = 30;

/** Makes the row that a signed-in browser stands on, and clears the member's expired ones. Gives its id. */
export async function startSession(
  db: Database,
  memberId: string,
  how: { by: "password" | "oidc"; address: string | null },
): Promise<string> {
  return db.transaction(async (tx) => {
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

import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { invitation, member, project, projectMember } from "#db/schema/members.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { invitationPath } from "#lib/paths.ts";
import { hashPassword } from "./hash-password.ts";
import { hashOneTimeToken, makeOneTimeToken } from "./one-time-token.ts";
import type { Identity } from "./read-identity.ts";
import type { Role } from "./roles.ts";
import { emailKey } from "./schema.ts";

export const INVITATION_DAYS = 7;

/** Makes a link that works once. It is shown this one time: only its hash is kept. */
export async function createInvitation(
  scope: Scope,
  db: Database,
  actor: Actor,
  { role, email }: { role: Role; email: string | null },
): Promise<{ id: string; path: string }> {
  const { token, hash } = makeOneTimeToken();
  return db.transaction(async (tx) => {
    const [row] = await tx
      .insert(invitation)
      .values({
        ...scope,
        tokenHash: hash,
        role,
        email,
        invitedBy: actor.kind === "member" ? actor.id : null,
        expiresAt: sql`now() + make_interval(days => ${INVITATION_DAYS})`,
      })
      .returning({ id: invitation.id });
    const { id } = row!;
    await recordAudit(tx, { ...scope, actor, action: "invitation.create", subject: `invitation:${id}`, detail: { role, email } });
    return { id, path: invitationPath(token) };
  });
}

/** The link stops working. Taking back one that is used or gone changes nothing. */
export async function revokeInvitation(
  scope: Scope,
  db: Database,
  actor: Actor,
  { invitationId }: { invitationId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .delete(invitation)
      .where(and(eq(invitation.projectId, scope.projectId), eq(invitation.id, invitationId), isNull(invitation.acceptedAt)))
      .returning({ id: invitation.id });
    if (row) await recordAudit(tx, { ...scope, actor, action: "invitation.revoke", subject: `invitation:${row.id}` });
  });
}

const open = (token: string) =>
  and(
    eq(invitation.tokenHash, hashOneTimeToken(token)),
    isNull(invitation.acceptedAt),
    gt(invitation.expiresAt, sql`now()`),
    sql`exists (select 1 from ${project} where ${project.id} = ${invitation.projectId} and ${project.deletedAt} is null)`,
  );

/** What the link offers, or null: used, taken back, expired or never made. */
export async function readInvitation(db: Database, token: string) {
  const [row] = await db
    .select({
      projectId: invitation.projectId,
      projectName: project.name,
      role: invitation.role,
      email: invitation.email,
      invitedBy: member.name,
    })
    .from(invitation)
    .innerJoin(project, eq(project.id, invitation.projectId))
    .leftJoin(member, eq(member.id, invitation.invitedBy))
    .where(open(token));
  return row ?? null;
}
export type ReadInvitation = NonNullable<Awaited<ReturnType<typeof readInvitation>>>;

/** A signed-in person joins. One who is a member already keeps their role, and the link stays open for its guest. */
export async function acceptInvitation(db: Database, token: string, guest: { id: string; email: string }): Promise<{ projectId: string }> {
  return db.transaction(async (tx) => {
    const offer = await takeInvitation(tx, token, guest.email);
    const joined = await join(tx, offer, guest.id);
    if (joined) return { projectId: offer.projectId };
    // Gives the link back: this person needed none.
    await tx
      .update(invitation)
      .set({ acceptedAt: null })
      .where(eq(invitation.tokenHash, hashOneTimeToken(token)));
    return { projectId: offer.projectId };
  });
}

/** A new person makes an account and joins. An email that has an account must sign in instead: the link proves no identity. */
export async function acceptInvitationAsNew(
  db: Database,
  token: string,
  { name, email, password }: { name: string; email: string; password: string },
): Promise<{ projectId: string; memberId: string }> {
  if (!(await readInvitation(db, token))) throw closed();
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const offer = await takeInvitation(tx, token, email);
    const [row] = await tx
      .insert(member)
      .values({ name, email, emailKey: emailKey(email), passwordHash })
      .onConflictDoNothing()
      .returning({ id: member.id });
    if (!row) throw taken();
    const memberId = row.id;
    await recordMade(tx, memberId);
    await join(tx, offer, memberId);
    return { projectId: offer.projectId, memberId };
  });
}

/**
 * Whom the provider of single sign-on has named joins, and gets an account without a password where there is none. Unlike the link, the
 * provider proves who it is: so an account that is there already is theirs.
 */
export async function acceptInvitationBySingleSignOn(db: Database, token: string, { name, email }: Identity): Promise<{ id: string }> {
  return db.transaction(async (tx) => {
    const key = emailKey(email);
    const [made] = await tx.insert(member).values({ name, email, emailKey: key }).onConflictDoNothing().returning({ id: member.id });
    if (made) await recordMade(tx, made.id);
    const [guest] = made ? [made] : await tx.select({ id: member.id }).from(member).where(eq(member.emailKey, key));
    await acceptInvitation(tx, token, { id: guest!.id, email });
    return guest!;
  });
}

const recordMade = (tx: Database, memberId: string) =>
  recordAudit(tx, {
    projectId: null,
    actor: { kind: "member", id: memberId },
    action: "member.create",
    subject: `member:${memberId}`,
    detail: { by: "invitation" },
  });

type Offer = { id: string; projectId: string; role: Role };

/** One statement marks it used: of two at once, the second finds nothing. */
async function takeInvitation(tx: Database, token: string, email: string): Promise<Offer> {
  const [offer] = await tx
    .update(invitation)
    .set({ acceptedAt: sql`now()` })
    .where(open(token))
    .returning({ id: invitation.id, projectId: invitation.projectId, role: invitation.role, email: invitation.email });
  if (!offer) throw closed();
  if (offer.email && emailKey(offer.email) !== emailKey(email)) {
    const message = `This invitation is for ${offer.email}. Use that address, or ask for an invitation for yours.`;
    throw new AppError("forbidden", message, { fields: { email: message } });
  }
  return offer;
}

async function join(tx: Database, { id, projectId, role }: Offer, memberId: string): Promise<boolean> {
  const [joined] = await tx
    .insert(projectMember)
    .values({ projectId, memberId, role })
    .onConflictDoNothing()
    .returning({ memberId: projectMember.memberId });
  if (!joined) return false;
  await recordAudit(tx, {
    projectId,
    actor: { kind: "member", id: memberId },
    action: "invitation.accept",
    subject: `invitation:${id}`,
    detail: { role },
  });
  return true;
}

export const closed = () =>
  new AppError("not_found", "This invitation was used, taken back or is older than 7 days. Ask an admin of the project for a new one.");

const taken = () => {
  const message = "This email has an account already. Sign in, then open the invitation link again.";
  return new AppError("conflict", message, { fields: { email: message } });
};

import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { anyMember } from "#db/queries/members.ts";
import { instance } from "#db/schema/members.ts";
import { AppError } from "#lib/errors.ts";
import { setupPath } from "#lib/paths.ts";
import { type FirstAdmin, insertFirstAdmin } from "./create-first-admin.ts";
import { hashPassword } from "./hash-password.ts";
import { hashOneTimeToken, makeOneTimeToken } from "./one-time-token.ts";
import type { FirstSetup } from "./schema.ts";

const NAME = "setup-link";

/** Makes the one-time link by which the first admin signs up; the link before it stops working. Null once there is a member. */
export async function createSetupLink(db: Database): Promise<{ path: string } | null> {
  if (await anyMember(db)) return null;
  const { token, hash } = makeOneTimeToken();
  await db
    .insert(instance)
    .values({ name: NAME, value: hash })
    .onConflictDoUpdate({ target: instance.name, set: { value: hash, updatedAt: new Date() } });
  return { path: `${setupPath()}?token=${token}` };
}

/** Whether the link would work now. */
export async function isSetupToken(db: Database, token: string): Promise<boolean> {
  const rows = await db.select({ name: instance.name }).from(instance).where(holds(token));
  return rows.length > 0 && !(await anyMember(db));
}

/** Uses the link up. Of two submits at once one makes the admin, the other is told that the link was used. */
export async function finishSetup(db: Database, { token, name, email, password, projectName }: FirstSetup): Promise<FirstAdmin> {
  if (!(await isSetupToken(db, token))) throw used();
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const [taken] = await tx.delete(instance).where(holds(token)).returning({ name: instance.name });
    const admin = taken && (await insertFirstAdmin(tx, { name, email, passwordHash, projectName }));
    if (!admin) throw used();
    return admin;
  });
}

const holds = (token: string) => and(eq(instance.name, NAME), eq(instance.value, hashOneTimeToken(token)));

const used = () =>
  new AppError(
    "conflict",
    "This setup link was used already, or a newer start has replaced it. Use the link that the server printed last, or sign in.",
  );

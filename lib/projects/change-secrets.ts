import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { sealedValue, secret } from "#db/schema/vault.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { hintOf, seal } from "#lib/vault/seal.ts";

/** Of a project: enough for any, and few enough to list. */
const MOST_SECRETS = 500;

/** The field that a project secret is sealed under. */
export const SECRET_FIELD = "secret";

/**
 * Seals a named value of the project. Names are for templates, so they never change: rename by a new secret. One that differs from
 * another in capitals only is refused, since a host is compared without them.
 */
export async function createSecret(
  scope: Scope,
  db: Database,
  actor: Actor,
  { name, value, description }: { name: string; value: string; description: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from project where id = ${scope.projectId} for update`);
    const names = await tx.select({ name: secret.name }).from(secret).where(eq(secret.projectId, scope.projectId));
    const taken = names.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (taken) {
      const message = `There is a secret named ${taken.name} already. Replace its value, or choose another name.`;
      throw new AppError("conflict", message, { fields: { name: message } });
    }
    if (names.length >= MOST_SECRETS) throw new AppError("conflict", `A project has ${MOST_SECRETS} secrets at most. Delete one first.`);
    const id = crypto.randomUUID();
    await tx.insert(sealedValue).values({
      ...scope,
      id,
      owner: `secret:${name}`,
      field: SECRET_FIELD,
      ...sealedParts(scope, id, name, value),
      setBy: memberOf(actor),
    });
    await tx.insert(secret).values({ ...scope, name, description, sealedValueId: id });
    await recordAudit(tx, { ...scope, actor, action: "secret.create", subject: `secret:${name}` });
  });
}

/**
 * Another value under the same name, which the next call of every process uses, or another description. What is left out, or a blank
 * value, stays as it is.
 */
export async function changeSecret(
  scope: Scope,
  db: Database,
  actor: Actor,
  { name, value, description }: { name: string; value?: string; description?: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { sealedValueId: id, description: before } = await findSecret(scope, tx, name);
    if (value) {
      await tx
        .update(sealedValue)
        .set({ ...sealedParts(scope, id, name, value), setBy: memberOf(actor), setAt: sql`now()` })
        .where(and(eq(sealedValue.projectId, scope.projectId), eq(sealedValue.id, id)));
      await recordAudit(tx, { ...scope, actor, action: "secret.replace", subject: `secret:${name}` });
    }
    if (description !== undefined && description !== before) {
      await tx.update(secret).set({ description }).where(ofName(scope, name));
      await recordAudit(tx, { ...scope, actor, action: "secret.describe", subject: `secret:${name}` });
    }
  });
}

/** The row, held until the transaction ends. */
export async function findSecret(scope: Scope, tx: Database, name: string): Promise<{ sealedValueId: string; description: string }> {
  const { sealedValueId, description } = secret;
  const [row] = await tx.select({ sealedValueId, description }).from(secret).where(ofName(scope, name)).for("update");
  if (!row) throw new AppError("not_found", `There is no secret named ${name}. Reload the page.`);
  return row;
}

const ofName = ({ projectId }: Scope, name: string) => and(eq(secret.projectId, projectId), eq(secret.name, name));

const memberOf = (actor: Actor): string | null => (actor.kind === "member" ? actor.id : null);

/** The last four characters are shown of long tokens only, never of passwords (rules.md, Resources 8). */
function sealedParts({ projectId }: Scope, rowId: string, name: string, value: string) {
  const { ciphertext, keyId } = seal(value, { projectId, rowId, field: SECRET_FIELD });
  return { ciphertext, keyId, hint: /pass|pwd|phrase|(^|_)pin(_|$)/i.test(name) ? "" : hintOf(value) };
}

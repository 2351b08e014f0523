import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { sealedValue } from "#db/schema/vault.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { hintOf, open, seal } from "#lib/vault/seal.ts";
import { boundHostOf, movedSecret } from "./host-template.ts";
import type { RequiredInput, ResourceDraft } from "./schema.ts";

/** The secrets that a draft can hold, by the name of the field they are typed in. */
export type TypedSecrets = { clientSecret?: string };

const ownerOf = (resourceId: string) => `resource:${resourceId}`;

/**
 * Seals what was typed and puts references into the body. A reference that isn't this resource's own is refused: otherwise an
 * editor could send another resource's secret to a host of their choice.
 */
export async function sealDraftSecrets(
  scope: Scope,
  tx: Database,
  actor: Actor,
  resourceId: string,
  body: ResourceDraft,
  typed: TypedSecrets,
): Promise<ResourceDraft> {
  const secret = typed.clientSecret;
  if (secret) {
    const id = crypto.randomUUID();
    const { ciphertext, keyId } = seal(secret, { projectId: scope.projectId, rowId: id, field: "clientSecret" });
    await tx.insert(sealedValue).values({
      ...scope,
      id,
      owner: ownerOf(resourceId),
      field: "clientSecret",
      ciphertext,
      keyId,
      hint: hintOf(secret),
      boundHost: clientSecretHostOf(body),
      setBy: actor.kind === "member" ? actor.id : null,
    });
    return { ...body, oauth: { ...body.oauth, clientSecret: { kind: "sealed", id } } };
  }
  const reference = body.oauth.clientSecret;
  if (reference?.kind === "sealed") await findOwnSecret(scope, tx, resourceId, reference.id);
  return body;
}

async function findOwnSecret(scope: Scope, db: Database, resourceId: string, id: string) {
  const [row] = await db
    .select()
    .from(sealedValue)
    .where(and(eq(sealedValue.projectId, scope.projectId), eq(sealedValue.id, id), eq(sealedValue.owner, ownerOf(resourceId))));
  if (!row)
    throw new AppError("bad_input", "This Client Secret isn't stored any more. Type it again.", {
      fields: { "oauth.clientSecret": "Type the Client Secret again." },
    });
  return row;
}

/** Where a draft would send its client secret. */
export const clientSecretHostOf = ({ level, oauth, inputs }: Pick<ResourceDraft, "level" | "oauth" | "inputs">): string =>
  boundHostOf(oauth.accessTokenUrl, level === "app" ? [] : inputs);

/** The host that a stored secret may travel to. */
export const storedHostOf = async (scope: Scope, db: Database, resourceId: string, id: string): Promise<string> =>
  (await findOwnSecret(scope, db, resourceId, id)).boundHost;

/**
 * The plaintext of a resource's client secret, for the token call only. Refused when the definition would send it to another
 * host than the one it was typed for.
 */
export async function openClientSecret(
  scope: Scope,
  db: Database,
  { resourceId, id, accessTokenUrl, inputs }: { resourceId: string; id: string; accessTokenUrl: string; inputs: RequiredInput[] },
): Promise<string> {
  const row = await findOwnSecret(scope, db, resourceId, id);
  const host = boundHostOf(accessTokenUrl, inputs);
  if (row.boundHost !== host) {
    throw new AppError("bad_input", movedSecret(row.boundHost, host), {
      fields: { "oauth.clientSecret": movedSecret(row.boundHost, host) },
    });
  }
  return open(row, { projectId: scope.projectId, rowId: row.id, field: row.field });
}

import type { TransactionSql } from "postgres";
import type { Sql } from "#db/client.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Actor, recordAuditIn } from "#lib/audit/record-audit.ts";
import { sortSupplied } from "#lib/credentials/parse-credential-input.ts";
import { saveCredential } from "#lib/credentials/save-credential.ts";
import { checkEveryOf, plainKeysOf, suppliedFields } from "#lib/credentials/schema.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { boundHostsOf } from "#lib/resources/host-template.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { changedMeanwhile, mergeValues } from "./prepare-test.ts";
import type { TestValues } from "./schema.ts";
import { findTestCredential, isComplete, type StoredTestCredential, valuesOf } from "./test-values.ts";

/**
 * Seals what was typed and not tested, when Next, Save or Finish save the draft (rules.md, Resources 7): as the test user's credential, or
 * at app level as the candidate that Finish makes live. The draft may be half done, and so may the values: then they are `PENDING`. A
 * secret that was typed for other hosts than today's isn't bound to these: it is left behind, and has to be typed again.
 */
export async function keepTyped({ db, sql }: Pick<Spine, "db" | "sql">, scope: Scope, actor: Actor, given: TypedValues): Promise<void> {
  const { resourceId, version } = given;
  const draft = (await findResource(scope, db, resourceId))?.draft;
  if (!draft?.body.level || !draft.body.authType) return;
  const body = draft.body as Chosen;
  await sql.begin(async (tx) => {
    // Whoever saves the draft waits until this is through: the hosts that the values are bound to are those of `version`.
    const unchanged = await tx`
      select 1 from resource_draft where project_id = ${scope.projectId} and resource_id = ${resourceId} and version = ${version} for share`;
    if (draft.version !== version || unchanged.length === 0) throw changedMeanwhile();
    await keepTypedFor(body, tx, scope, actor, given);
  });
}

type TypedValues = {
  resourceId: string;
  /** The draft that they were typed for, as its member saw it. */
  version: number;
  values: TestValues;
};
type Chosen = ResourceDraft & { level: NonNullable<ResourceDraft["level"]>; authType: NonNullable<ResourceDraft["authType"]> };

async function keepTypedFor(
  draft: Chosen,
  tx: TransactionSql,
  scope: Scope,
  actor: Actor,
  { resourceId, values }: TypedValues,
): Promise<void> {
  const sql = tx as unknown as Sql;
  const definition = draft as ResourceDefinition;
  const stored = await findTestCredential(scope, sql, resourceId, draft);
  const kept = stored ? valuesOf(stored.secrets) : {};
  const changed = suppliedFields(definition).filter(({ key }) => values[key] !== undefined && (values[key] ?? "") !== (kept[key] ?? ""));
  // Client credentials of the app are the client alone: nothing is typed beside it, and its row begins without a token.
  const isClientAlone = draft.level === "app" && draft.authType === "oauth2_client_credentials";
  if (changed.length === 0 && !(isClientAlone && !stored)) return;

  const boundHost = boundHostsOf(draft);
  const merged = mergeValues(definition, stored?.secrets, values);
  for (const key of stored ? leftBehind(draft, stored, merged, boundHost) : []) if (!values[key]) delete merged[key];
  const { secrets, canonical } = sortSupplied(definition, merged);
  const was = stored?.secrets.plain ?? [];
  secrets.plain = secrets.plain?.filter((key) => values[key] || was.includes(key));
  const isWhole = isComplete(definition, merged);
  await saveCredential(
    scope,
    sql,
    {
      resourceId,
      owner: { kind: draft.level === "user" ? "test" : "app-candidate", boundHost },
      authType: draft.authType,
      secrets,
      canonical,
      ...(isWhole ? { status: "VALID", reason: null } : { status: "PENDING", reason: "needs_input" }),
      profile: null,
      verified: false,
      refreshedAt: null,
      checkEvery: checkEveryOf(definition),
      event: { kind: "typed", cause: "Typed in the setup, not tested." },
    },
    stored?.owner === "app" ? undefined : stored?.id,
  );
  const fields = changed.map(({ key }) => key);
  await recordAuditIn(tx, { ...scope, actor, action: "resource.set-secret", subject: `resource:${resourceId}`, detail: { fields } });
}

/** Stored secrets of other hosts; and of the app's live row its tokens, since a second copy of a rotating one ends the grant. */
function leftBehind(draft: ResourceDraft, stored: StoredTestCredential, merged: Record<string, string>, boundHost: string): string[] {
  const definition = draft as ResourceDefinition;
  const plain = plainKeysOf(definition, stored.secrets);
  const moved =
    stored.boundHost !== boundHost || inputsThatChooseHosts(definition).some((key) => merged[key] !== stored.secrets.inputs[key]);
  return suppliedFields(definition)
    .filter(({ key, kind }) => (moved && !plain.has(key)) || (kind === "token" && stored.owner === "app"))
    .map(({ key }) => key);
}

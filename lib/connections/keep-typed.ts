import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { sortSupplied } from "#lib/credentials/parse-credential-input.ts";
import { saveCredential } from "#lib/credentials/save-credential.ts";
import { checkEveryOf, plainKeysOf, suppliedFields } from "#lib/credentials/schema.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { boundHostsOf } from "#lib/resources/host-template.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { mergeValues } from "./prepare-test.ts";
import type { TestValues } from "./schema.ts";
import { findTestCredential, isComplete, type StoredTestCredential, valuesOf } from "./test-values.ts";

/**
 * Seals what was typed and not tested, when Next, Save or Finish save the draft (rules.md, Resources 7): as the test user's credential, or
 * at app level as the candidate that Finish makes live. The draft may be half done, and so may the values: then they are `PENDING`. A
 * secret that was typed for other hosts than today's isn't bound to these: it is left behind, and has to be typed again.
 */
export async function keepTyped(
  { db, sql }: Pick<Spine, "db" | "sql">,
  scope: Scope,
  actor: Actor,
  { resourceId, values }: { resourceId: string; values: TestValues },
): Promise<void> {
  const draft = (await findResource(scope, db, resourceId))?.draft.body;
  if (!draft?.level || !draft.authType) return;
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
      refreshed: false,
      checkEvery: checkEveryOf(definition),
      event: { kind: "typed", cause: "Typed in the setup, not tested." },
    },
    stored?.owner === "app" ? undefined : stored?.id,
  );
  const fields = changed.map(({ key }) => key);
  await recordAudit(db, { ...scope, actor, action: "resource.set-secret", subject: `resource:${resourceId}`, detail: { fields } });
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

import { getSpine } from "#app/_gates/spine.ts";
import type { DraftReview, KeptSecret, KeptTestValues } from "#components/resources/setup/setup-types.ts";
import type { Database } from "#db/client.ts";
import { describeSealedValue, type FoundResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTestValues } from "#lib/connections/test-values.ts";
import { checkDraft } from "#lib/resources/check-draft.ts";
import { sharedSecretTravels } from "#lib/resources/host-rule.ts";
import { checkContextOf } from "#lib/resources/publish-resource.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { checkHost } from "#lib/template/check-host.ts";

/** Everything that only the server can say of a draft: problems, and who may choose the hosts. */
export async function reviewDraft(scope: Scope, db: Database, resourceId: string, body: ResourceDraft): Promise<DraftReview> {
  const { allowsHttp } = getSpine();
  const { problems } = checkDraft(body, await checkContextOf(scope, db, { id: resourceId, draft: { body } }, { allowsHttp }));
  const inputs = body.level === "app" ? [] : body.inputs;
  const host = (place: "token" | "request", template: string) =>
    checkHost({ template, inputs, sharedSecretTravels: sharedSecretTravels(body, place) });
  return {
    body,
    problems,
    hosts: { token: host("token", body.oauth.accessTokenUrl.trim()), request: host("request", body.request.baseUrl.trim()) },
  };
}

export async function readKeptSecret(scope: Scope, db: Database, { oauth }: ResourceDraft): Promise<KeptSecret | null> {
  if (oauth.clientSecret?.kind !== "sealed") return null;
  const row = await describeSealedValue(scope, db, oauth.clientSecret.id);
  return row ? { lastFour: row.hint ?? "", setBy: row.setBy, setAt: row.setAt.toISOString() } : null;
}

export async function readKeptTestValues(scope: Scope, resourceId: FoundResource["id"]): Promise<KeptTestValues> {
  const stored = await findTestValues(scope, getSpine(), resourceId);
  if (!stored) return {};
  return Object.fromEntries(
    Object.entries(stored.fields).map(([key, { value, hint }]) => [key, { ...(value ? { value } : {}), ...(hint ? { hint } : {}) }]),
  );
}

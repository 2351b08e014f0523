import { getSpine } from "#app/_gates/spine.ts";
import type { CodeExampleTab } from "#components/resources/code-examples.tsx";
import type { DraftReview, KeptSecret, KeptTestValues } from "#components/resources/setup/setup-types.ts";
import type { Database } from "#db/client.ts";
import { describeSealedValue, type FoundResource, findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTestValues } from "#lib/connections/test-values.ts";
import { suppliedFields } from "#lib/credentials/schema.ts";
import { env } from "#lib/env.ts";
import { codeExamples } from "#lib/requests/code-examples.ts";
import { highlightCode } from "#lib/requests/highlight-code.ts";
import { checkDraft } from "#lib/resources/check-draft.ts";
import { sharedSecretTravels } from "#lib/resources/host-rule.ts";
import { listMovedSecrets } from "#lib/resources/open-secrets-for.ts";
import { checkContextOf } from "#lib/resources/publish-resource.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { checkHost } from "#lib/template/check-host.ts";

/** Everything that only the server can say of a draft: problems, and who may choose the hosts. */
export async function reviewDraft(scope: Scope, db: Database, resourceId: string, body: ResourceDraft): Promise<DraftReview> {
  const { allowsHttp } = getSpine();
  const [context, movedSecrets] = await Promise.all([
    checkContextOf(scope, db, { id: resourceId, draft: { body } }, { allowsHttp }),
    listMovedSecrets(scope, db, body),
  ]);
  const { problems } = checkDraft(body, context);
  const inputs = body.level === "app" ? [] : body.inputs;
  const host = (place: "token" | "request", template: string) =>
    checkHost({ template, inputs, sharedSecretTravels: sharedSecretTravels(body, place) });
  return {
    body,
    problems,
    hosts: { token: host("token", body.oauth.accessTokenUrl.trim()), request: host("request", body.request.baseUrl.trim()) },
    secretNames: [...context.secretNames],
    movedSecrets,
  };
}

export async function readKeptSecret(scope: Scope, db: Database, { oauth }: ResourceDraft): Promise<KeptSecret | null> {
  if (oauth.clientSecret?.kind !== "sealed") return null;
  const row = await describeSealedValue(scope, db, oauth.clientSecret.id);
  return row ? { lastFour: row.hint ?? "", setBy: row.setBy, setAt: row.setAt.toISOString() } : null;
}

/** Of a password not even the end is shown (rules.md, Resources 8). */
const PASSWORD = /pass(word|wd|phrase|code)?$|^pin$/i;

export async function readKeptTestValues(scope: Scope, resourceId: FoundResource["id"]): Promise<KeptTestValues> {
  const stored = await findTestValues(scope, getSpine(), resourceId);
  if (!stored) return {};
  return Object.fromEntries(
    Object.entries(stored.fields).map(([key, { value, hint }]) => [
      key,
      { ...(value ? { value } : {}), ...(hint && !PASSWORD.test(key) ? { hint } : {}) },
    ]),
  );
}

/** How to connect a user to the draft as it is saved, highlighted. Nothing while level or type aren't chosen, nor at app level. */
export async function readExamples(scope: Scope, db: Database, resourceId: string): Promise<CodeExampleTab[]> {
  const found = await findResource(scope, db, resourceId);
  const draft = found?.draft.body;
  if (!found || draft?.level !== "user" || !draft.authType) return [];
  const examples = codeExamples({
    projectId: scope.projectId,
    resourceId,
    name: found.name,
    fields: suppliedFields(draft as ResourceDefinition).filter(({ key }) => key !== ""),
    apiUrl: env().PATCHBAY_API_URL,
  });
  return Promise.all(examples.map(async (example) => ({ ...example, html: await highlightCode(example.code, example.language) })));
}

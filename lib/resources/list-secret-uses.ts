import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listBodiesWithSecrets, listWorkflowsWithSecrets } from "#db/queries/secrets.ts";
import { secretsIn, secretsOf } from "./list-secret-references.ts";
import type { ResourceDefinition, ResourceDraft } from "./schema.ts";

/** What reads a secret: in what calls use now (a live definition or version), in its draft, or both. */
export type SecretUse = { by: "resource" | "workflow"; id: string; name: string; isLive: boolean; isDraft: boolean; isDeleted: boolean };

/** Who reads which secret, by the secret's name. What is deleted counts as long as Undo is open. */
export async function listSecretUses(scope: Scope, db: Database): Promise<Map<string, SecretUse[]>> {
  const resources = (await listBodiesWithSecrets(scope, db)).map(({ draft, live, ...found }) => ({
    ...found,
    by: "resource" as const,
    inLive: namesIn(live),
    inDraft: namesIn(draft),
  }));
  const workflows = (await listWorkflowsWithSecrets(scope, db)).map(({ draft, live, ...found }) => ({
    ...found,
    by: "workflow" as const,
    inLive: namesInTexts(live),
    inDraft: namesInTexts(draft),
  }));
  const uses = new Map<string, SecretUse[]>();
  for (const { inLive, inDraft, ...user } of [...resources, ...workflows]) {
    for (const secret of new Set([...inLive, ...inDraft])) {
      const use = { ...user, isLive: inLive.includes(secret), isDraft: inDraft.includes(secret) };
      uses.set(secret, [...(uses.get(secret) ?? []), use]);
    }
  }
  return uses;
}

const namesIn = (body: ResourceDefinition | ResourceDraft | null): string[] =>
  body ? [...secretsOf(body, "token"), ...secretsOf(body, "request")] : [];

/** Of a workflow's body, whatever its steps are: any text in it may be a template, alone or in the leaves of JSON. */
function namesInTexts(value: unknown): string[] {
  if (typeof value === "string")
    return secretsIn([
      { text: value, format: "text" },
      { text: value, format: "json" },
    ]);
  return typeof value === "object" && value !== null ? [...new Set(Object.values(value).flatMap(namesInTexts))] : [];
}

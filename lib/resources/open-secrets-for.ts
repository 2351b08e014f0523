import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listLiveBodiesWithSecrets } from "#db/queries/secrets.ts";
import { AppError } from "#lib/errors.ts";
import { type OpenedSecret, openSecrets } from "#lib/projects/open-secrets.ts";
import { evaluateExpression } from "#lib/template/evaluate-expression.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import {
  listSecretDestinations,
  listSecretExpressions,
  type SecretCall,
  type SecretDestination,
  secretsOfCall,
} from "./list-secret-references.ts";
import { isPublished } from "./load-revision.ts";
import type { ResourceDefinition } from "./schema.ts";

/**
 * The project secrets that one call reads, opened for it: none is read where the call's templates name none.
 *
 * A secret stays with its hosts. A published definition was an admin's word; a draft is anybody's who may edit, and a test of it would
 * carry a secret wherever they write: to another host, or on the same one into a text that they can read there. So a draft's secrets are
 * opened only where a live resource sends the same secret to the same host in the same way already, unless an admin sends the call
 * (`byAdmin`).
 */
export async function openSecretsFor(
  scope: Scope,
  db: Database,
  definition: ResourceDefinition,
  call: SecretCall,
  byAdmin = false,
): Promise<OpenedSecret[]> {
  const names = secretsOfCall(definition, call);
  if (names.length === 0) return [];
  if (!byAdmin && !isPublished(definition)) await assertSecretsStay(scope, db, definition);
  return await openSecrets(scope, db, names);
}

/** As templates see them: `secrets.NAME`. */
export const valuesOf = (opened: readonly OpenedSecret[]): Record<string, string> =>
  Object.fromEntries(opened.map(({ name, value }) => [name, value]));

/** What the call's filters made of its secrets (a digest, a signature), for redaction: a short secret can be guessed from it. */
export function listDerivedSecrets(
  definition: ResourceDefinition,
  call: SecretCall,
  scope: TemplateScope,
): { value: string; showsEnd: false }[] {
  return listSecretExpressions(definition, call).flatMap((expression) => {
    try {
      const value = evaluateExpression(expression, scope);
      return typeof value === "string" ? [{ value, showsEnd: false as const }] : [];
    } catch (error) {
      // The call itself will say so.
      if (error instanceof TemplateError) return [];
      throw error;
    }
  });
}

/** Refuses what only an admin may do: to send a secret where no live resource sends it yet. */
export async function assertSecretsStay(scope: Scope, db: Database, definition: ResourceDefinition): Promise<void> {
  const moved = await listMovedSecrets(scope, db, definition);
  if (moved.length > 0) throw new AppError("forbidden", `${describeMoved(moved)} Ask an admin to send this test, or to choose Finish.`);
}

/** Where a resource would send secrets that no live resource of the project sends there. */
export async function listMovedSecrets(
  scope: Scope,
  db: Database,
  resource: Parameters<typeof listSecretDestinations>[0],
): Promise<SecretDestination[]> {
  const wanted = listSecretDestinations(resource);
  if (wanted.length === 0) return [];
  const live = (await listLiveBodiesWithSecrets(scope, db)).flatMap(({ body }) => listSecretDestinations(body));
  const isKnown = (place: SecretDestination) =>
    live.some(({ name, host, field, text }) => name === place.name && host === place.host && field === place.field && text === place.text);
  return wanted.filter((place) => !isKnown(place));
}

/** "The secret ACME_KEY has never gone to api.acme.example in X-Acme, a header of every request: no live resource sends it so." */
function describeMoved(moved: readonly SecretDestination[]): string {
  const [{ name, host, field }] = moved as [SecretDestination];
  return `The secret ${name} has never gone to ${host || "this address"} in ${field}: no live resource sends it so.`;
}

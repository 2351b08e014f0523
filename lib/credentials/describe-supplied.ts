import type { Scope } from "#db/queries/scope.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { Sealed } from "#lib/vault/seal.ts";
import { openSecrets } from "./save-credential.ts";
import { plainKeysOf, suppliedFields } from "./schema.ts";

/** What a user supplied that isn't secret, such as a tenant or a user name, in the order of the form: for the page of that user. */
export function describeSupplied(
  scope: Scope,
  definition: ResourceDefinition,
  credential: { id: string } & Sealed,
): { key: string; label: string; value: string }[] {
  const secrets = openSecrets(scope, credential.id, credential);
  const { inputs, keys } = secrets;
  const plain = plainKeysOf(definition, secrets);
  return suppliedFields(definition).flatMap(({ key, label, kind }) => {
    const value = kind === "input" ? inputs[key] : kind === "key" ? keys[key] : undefined;
    return !value || !plain.has(key) ? [] : [{ key, label, value }];
  });
}

import { apiKeysOf, inputsOf, type ResourceDefinition } from "#lib/resources/schema.ts";
import type { StoredSecrets } from "./schema.ts";

/** The values of a credential that nobody may see: tokens, and what the admin marked as secret. For redaction. */
export function listSecretValues(definition: ResourceDefinition, secrets: StoredSecrets): string[] {
  return [
    secrets.accessToken,
    secrets.refreshToken,
    ...inputsOf(definition)
      .filter((input) => input.secret)
      .map((input) => secrets.inputs[input.key]),
    ...apiKeysOf(definition)
      .filter((key) => key.secret)
      .map((key) => secrets.keys[key.name]),
  ].filter((value): value is string => Boolean(value));
}

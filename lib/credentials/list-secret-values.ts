import type { Hidden } from "#lib/activity/find-secrets.ts";
import { apiKeysOf, inputsOf } from "#lib/resources/read-definition.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { type StoredSecrets, showsEnd } from "./schema.ts";

/** The values of a credential that nobody may see: tokens, and what the admin marked as secret. For redaction. */
export function listSecretValues(definition: ResourceDefinition, secrets: StoredSecrets): Hidden[] {
  const named = [...inputsOf(definition).map(({ key, secret }) => ({ key, secret, value: secrets.inputs[key] }))].concat(
    apiKeysOf(definition).map(({ name, secret }) => ({ key: name, secret, value: secrets.keys[name] })),
  );
  return [
    ...[secrets.accessToken, secrets.refreshToken].filter((token): token is string => Boolean(token)),
    ...named.flatMap(({ key, secret, value }) => (secret && value ? [{ value, showsEnd: showsEnd(key) }] : [])),
  ];
}

import type { Hidden } from "#lib/activity/find-secrets.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { plainKeysOf, type StoredSecrets, showsEnd } from "./schema.ts";

/** The values of a credential that nobody may see: tokens, and all that was supplied but what is plain. For redaction. */
export function listSecretValues(definition: ResourceDefinition, secrets: StoredSecrets): Hidden[] {
  const plain = plainKeysOf(definition, secrets);
  const supplied = [...Object.entries(secrets.inputs), ...Object.entries(secrets.keys)];
  return [
    ...[secrets.accessToken, secrets.refreshToken].filter((token): token is string => Boolean(token)),
    ...supplied.flatMap(([key, value]) => (value && !plain.has(key) ? [{ value, showsEnd: showsEnd(key) }] : [])),
  ];
}

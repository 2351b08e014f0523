/** What a credential holds, and what a caller supplies to make one. Browser-safe. */
import { apiKeysOf, inputsOf } from "#lib/resources/read-definition.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { TOKEN_RESPONSE_KEYS } from "#lib/resources/words.ts";

/** The sealed part of a credential, as JSON. */
export type StoredSecrets = {
  inputs: Record<string, string>;
  /** API-key values by name. */
  keys: Record<string, string>;
  /** Which inputs and keys weren't secret when they were supplied. Absent: all were. */
  plain?: string[];
  accessToken?: string;
  refreshToken?: string;
  tokenType?: string;
  scope?: string;
  /** RFC 3339; absent when nothing told a lifetime. */
  expiresAt?: string;
  /** How long the access token lived from its issue, where that is known. */
  lifetimeSeconds?: number;
  /** Keyed digest, base64, of the refresh token that was supplied: tells an app that sends it again from one that has a new one. */
  suppliedRefresh?: string;
};

/** Whether the last four characters of a value with this key may be shown, as far as its name tells: never of passwords. */
export const showsEnd = (key: string): boolean => !/pass|pwd|pin$|^pin/i.test(key);

export type CredentialStatus = "VALID" | "INVALID" | "PENDING";

/** One field of the flat connect body, as snippets, the test form and error messages name it. */
export type SuppliedField = {
  key: string;
  label: string;
  kind: "input" | "key" | "token";
  required: boolean;
  secret: boolean;
  example: string;
};

/**
 * What a caller supplies for this definition, in the order of the form: Required Inputs, then tokens or keys. Client credentials
 * take Required Inputs only.
 */
export function suppliedFields(definition: Pick<ResourceDefinition, "level" | "authType"> & Partial<ResourceDefinition>): SuppliedField[] {
  const whole = definition as ResourceDefinition;
  const inputs = inputsOf(whole).map((input) => ({
    key: input.key,
    label: input.title || input.key,
    kind: "input" as const,
    required: true,
    secret: input.secret,
    example: input.placeholder || (input.accepts.kind === "choices" ? (input.accepts.choices[0] ?? "") : "") || "...",
  }));
  if (definition.authType === "oauth2_refresh_token") {
    return [
      ...inputs,
      { key: "access_token", label: "Access Token", kind: "token", required: false, secret: true, example: "eyJ..." },
      { key: "refresh_token", label: "Refresh Token", kind: "token", required: false, secret: true, example: "ref_..." },
    ];
  }
  const keys = apiKeysOf(whole).map((key) => ({
    key: key.name,
    label: key.label || key.name,
    kind: "key" as const,
    required: true,
    secret: key.secret,
    example: key.placeholder || "...",
  }));
  return [...inputs, ...keys];
}

/**
 * The supplied values that people may see: not secret when they were supplied, and not now. Switching Secret off in a draft reads
 * nothing that was sealed before: what was stored as a secret stays one until it is supplied again.
 */
export function plainKeysOf(
  definition: Pick<ResourceDefinition, "level" | "authType"> & Partial<ResourceDefinition>,
  { plain = [] }: Pick<StoredSecrets, "plain">,
): Set<string> {
  return new Set(suppliedFields(definition).flatMap(({ key, secret }) => (!secret && plain.includes(key) ? [key] : [])));
}

/** Fields of an RFC 6749 token response that may come along for refresh-token resources, so that one can be passed through. */
export const PASSED_THROUGH_KEYS: readonly string[] = TOKEN_RESPONSE_KEYS;

/** Seconds between two checks of a stored credential by the test request; 0 where there is none that changes nothing. */
export const checkEveryOf = ({ behaviour, test }: ResourceDefinition): number =>
  test.request.method === "GET" ? (behaviour.verifyEvery ?? 0) : 0;

export type Satisfaction = { ok: true } | { ok: false; reason: "needs_input" | "reconnect"; missing: string[] };

/** Names that stored values must have for this definition. */
export const requiredKeys = (definition: ResourceDefinition): string[] => [
  ...inputsOf(definition).map((input) => input.key),
  ...apiKeysOf(definition).map((key) => key.name),
];

/** Whether stored values still fit the definition that is live now (rules.md, Resources 4 and 5). Pure. */
export function satisfies(
  definition: ResourceDefinition,
  { authType, suppliedKeys }: { authType: string; suppliedKeys: readonly string[] },
): Satisfaction {
  if (authType !== definition.authType) return { ok: false, reason: "reconnect", missing: [] };
  const missing = requiredKeys(definition).filter((key) => !suppliedKeys.includes(key));
  return missing.length === 0 ? { ok: true } : { ok: false, reason: "needs_input", missing };
}

/**
 * How a stored credential stands under the definition that is live now. Pure: publishing changes no credential row, so nothing is to
 * settle afterwards and nothing can be stale.
 */
export function statusOf(
  definition: ResourceDefinition,
  credential: { status: CredentialStatus; reason: string | null; authType: string; suppliedKeys: readonly string[] },
): { status: CredentialStatus; reason: string | null } {
  const fit = satisfies(definition, credential);
  if (fit.ok) return { status: credential.status, reason: credential.reason };
  return fit.reason === "reconnect" ? { status: "INVALID", reason: "reconnect" } : { status: "PENDING", reason: "needs_input" };
}

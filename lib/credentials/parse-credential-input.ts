import { AppError } from "#lib/errors.ts";
import { fitsPattern } from "#lib/resources/fits-pattern.ts";
import { apiKeysOf, inputsOf } from "#lib/resources/read-definition.ts";
import type { RequiredInput, ResourceDefinition } from "#lib/resources/schema.ts";
import { closest } from "#lib/template/closest.ts";
import { PASSED_THROUGH_KEYS, type StoredSecrets, suppliedFields } from "./schema.ts";

const MAX_VALUE = 16_384;
/** Of keys that don't belong here. */
const MOST_NAMED = 20;

/** What a caller supplied, read and checked. */
export type Supplied = {
  secrets: StoredSecrets;
  /** The same text for the same values, however the definition orders them: its keyed digest tells repeats. */
  canonical: string;
  /** The same in the order of the form, as digests were made at first. */
  inFormOrder: string;
};

/**
 * Reads the flat connect body for this definition: Required Inputs, plus tokens or keys. All missing keys are listed at once, any
 * other key is refused by name with the nearest known one, and values are checked against the inputs' patterns here, not when they
 * are used. `now` in milliseconds turns `expires_in` (seconds from receipt) into a moment.
 */
export function parseCredentialInput(definition: ResourceDefinition, body: unknown, now: number): Supplied {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("bad_input", `Send a JSON object, such as ${exampleBody(definition)}.`);
  }
  const given = new Map(Object.entries(body));
  const fields = suppliedFields(definition);
  // A map, since callers name the keys: "__proto__" is one like any other.
  const problems = new Map<string, string>();

  const takesTokens = definition.authType === "oauth2_refresh_token";
  const known = new Set([...fields.map((field) => field.key), ...(takesTokens ? PASSED_THROUGH_KEYS : [])]);
  const strangers = [...given.keys()].filter((key) => !known.has(key));
  for (const key of strangers.slice(0, MOST_NAMED)) {
    // No key is longer than 64 characters; a value that slipped into its place isn't repeated.
    const name = key.length <= 64 ? `"${key}"` : `key of ${key.length} characters`;
    const near = key.length <= 64 ? closest(key, [...known]) : undefined;
    problems.set(
      key.length <= 64 ? key : name,
      near ? `There is no ${name} here. Did you mean "${near}"?` : `There is no ${name} here. ${acceptedKeys(fields)}`,
    );
  }

  for (const field of fields) {
    const value = given.get(field.key);
    if (value === undefined || value === null || value === "") {
      if (field.required) problems.set(field.key, `"${field.key}" is missing.`);
      given.delete(field.key);
    } else if (typeof value !== "string") {
      problems.set(field.key, `"${field.key}" must be a string.`);
    } else if (value.length > MAX_VALUE) {
      problems.set(field.key, `"${field.key}" has ${value.length} characters; at most ${MAX_VALUE} are stored.`);
    }
  }
  if (takesTokens && !given.has("access_token") && !given.has("refresh_token")) {
    problems.set("access_token", 'Send "access_token", "refresh_token", or both.');
  }
  for (const input of inputsOf(definition)) {
    const value = given.get(input.key);
    const misfit = typeof value === "string" ? misfitOf(input, value) : null;
    if (misfit && !problems.has(input.key)) problems.set(input.key, misfit);
  }
  for (const key of apiKeysOf(definition)) {
    const value = given.get(key.name);
    if (key.pattern && typeof value === "string" && !problems.has(key.name) && !fitsPattern(key.pattern, value)) {
      problems.set(key.name, `"${key.name}" doesn't fit the pattern ${key.pattern}.`);
    }
  }
  const expiresAt = takesTokens ? readExpiry(given, now, problems) : undefined;

  refuse(problems);
  const supplied = sortSupplied(definition, Object.fromEntries(given) as Record<string, string>);
  if (takesTokens) {
    const text = (key: string) => (typeof given.get(key) === "string" ? (given.get(key) as string) : undefined);
    const { secrets } = supplied;
    secrets.tokenType = text("token_type");
    secrets.scope = text("scope");
    secrets.expiresAt = expiresAt;
  }
  return supplied;
}

/** Values by key as a credential holds them: all that the definition asks for, or as many as there are yet. */
export function sortSupplied(definition: ResourceDefinition, values: Record<string, string | undefined>): Supplied {
  const fields = suppliedFields(definition);
  const text = (key: string) => (Object.hasOwn(values, key) && values[key]) || undefined;
  const pick = (kind: "input" | "key") =>
    Object.fromEntries(fields.flatMap((field) => (field.kind === kind && text(field.key) ? [[field.key, text(field.key)!]] : [])));
  const plain = fields.filter(({ secret }) => !secret).map(({ key }) => key);
  const secrets: StoredSecrets = { inputs: pick("input"), keys: pick("key"), plain };
  if (definition.authType === "oauth2_refresh_token") {
    secrets.accessToken = text("access_token");
    secrets.refreshToken = text("refresh_token");
  }
  const pairs = fields.map(({ key }) => [key, text(key) ?? null] as const);
  const inFormOrder = JSON.stringify([definition.authType, ...pairs]);
  const canonical = JSON.stringify([definition.authType, ...pairs.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { secrets, canonical, inFormOrder };
}

function refuse(problems: Map<string, string>): void {
  const messages = [...problems.values()];
  if (messages.length === 0) return;
  const missing = [...problems].filter(([key, message]) => message === `"${key}" is missing.`);
  const others = messages.filter((message) => !message.endsWith("is missing."));
  const said = [...others, ...(missing.length > 0 ? [`Missing: ${missing.map(([key]) => key).join(", ")}.`] : [])];
  throw new AppError("bad_input", said.join(" "), { fields: Object.fromEntries(problems) });
}

function misfitOf({ key, accepts }: RequiredInput, value: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(value)) return `"${key}" holds a control character, such as a line break. Send plain text.`;
  if (accepts.kind === "pattern" && !fitsPattern(accepts.pattern, value)) return `"${key}" doesn't fit the pattern ${accepts.pattern}.`;
  if (accepts.kind === "choices" && !accepts.choices.includes(value)) return `"${key}" must be one of: ${accepts.choices.join(", ")}.`;
  return null;
}

/** `expires_at` is RFC 3339 or epoch seconds; `expires_in` is seconds from receipt, as a number or a string. */
function readExpiry(given: Map<string, unknown>, now: number, problems: Map<string, string>): string | undefined {
  const at = given.get("expires_at");
  if (at !== undefined && at !== null) {
    const moment =
      typeof at === "number" || (typeof at === "string" && /^\d+$/.test(at))
        ? Number(at) * 1000
        : typeof at === "string" && RFC_3339.test(at)
          ? Date.parse(at)
          : Number.NaN;
    if (isMoment(moment)) return new Date(moment).toISOString();
    problems.set("expires_at", '"expires_at" must be RFC 3339, such as 2026-11-23T18:00:00Z, or seconds since 1970.');
    return undefined;
  }
  const seconds = given.get("expires_in");
  if (seconds === undefined || seconds === null) return undefined;
  const lifetime =
    typeof seconds === "number" ? seconds : typeof seconds === "string" && /^\d+(\.\d+)?$/.test(seconds) ? Number(seconds) : Number.NaN;
  if (lifetime >= 0 && isMoment(now + lifetime * 1000)) return new Date(now + lifetime * 1000).toISOString();
  problems.set("expires_in", '"expires_in" must be a number of seconds.');
  return undefined;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Before the year 10000: RFC 3339 and Postgres know four digits only. */
const isMoment = (ms: number): boolean => ms >= 0 && ms < 253_402_300_800_000;

const acceptedKeys = (fields: { key: string }[]): string =>
  fields.length === 0 ? "This resource takes an empty object: {}." : `It takes ${fields.map((field) => field.key).join(", ")}.`;

const exampleBody = (definition: ResourceDefinition): string =>
  JSON.stringify(Object.fromEntries(suppliedFields(definition).map((field) => [field.key, field.example])));

import { profileSourceOf } from "#lib/resources/profile-source.ts";
import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { ResourceDefinition, UserProfile } from "#lib/resources/schema.ts";
import { isStorable, storableJson } from "#lib/storable.ts";
import { parseJson } from "./means-expired.ts";
import type { StoredSecrets } from "./schema.ts";
import { readJwtClaims } from "./token-endpoint.ts";

export type ReadProfile =
  | { ok: true; id: string; profile: Record<string, unknown> }
  | { ok: false; message: string /** Where an id was found instead. */; suggestion?: string };

/** The profile in an answer of the API: its id and each saved field. Pure. */
export function readProfileFromAnswer(settings: UserProfile, body: Uint8Array): ReadProfile {
  const answer = parseJson(body);
  if (answer === undefined) return { ok: false, message: "The call worked, but its answer isn't JSON." };
  const id = asId(readJsonPath(answer, settings.idPath));
  if (id === undefined) {
    const suggestion = findIdPath(answer);
    const hint = suggestion ? ` There is an id at ${suggestion}.` : "";
    return { ok: false, message: `The call worked, but no user id was found. Nothing is at ${settings.idPath}.${hint}`, suggestion };
  }
  const fields = settings.fields.map(({ name, path }) => [name, readJsonPath(answer, path)] as const);
  return { ok: true, id, profile: { id, ...keepSmall(fields) } };
}

/** The profile in the claims of a JWT access token. Unverified: try-candidate.ts says when it is believed. Pure. */
export function readProfileFromToken(settings: UserProfile, accessToken: string | undefined): ReadProfile {
  const claims = accessToken ? readJwtClaims(accessToken) : undefined;
  if (!claims) return { ok: false, message: "The access token isn't a JWT, so it holds no claims. Choose By request instead." };
  const id = asId(claims[settings.idClaim]);
  if (id === undefined) {
    const near = ["sub", "user_id", "uid", "oid", "id"].find((name) => asId(claims[name]) !== undefined);
    return {
      ok: false,
      message: `The access token has no claim "${settings.idClaim}".${near ? ` It has "${near}".` : ""}`,
      suggestion: near,
    };
  }
  return { ok: true, id, profile: { id, ...keepSmall(settings.claims.map(({ name, claim }) => [name, claims[claim]] as const)) } };
}

/** What the claims of a token say, for a definition that reads them; null for others. Pure. */
export const readClaimedProfile = (
  definition: ResourceDefinition,
  { accessToken }: Pick<StoredSecrets, "accessToken">,
): ReadProfile | null =>
  definition.level === "user" && profileSourceOf(definition) === "jwt" ? readProfileFromToken(definition.profile, accessToken) : null;

const asId = (value: unknown): string | undefined => {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value.length > 0 && value.length <= 255 && isStorable(value) ? value : undefined;
};

/** A profile is a handful of facts: what is absent, larger than 2 kB or nested without end is left out. */
const keepSmall = (fields: (readonly [string, unknown])[]): Record<string, unknown> =>
  Object.fromEntries(
    fields
      .map(([name, value]) => [name, storableJson(value)] as const)
      .filter(([name, value]) => name !== "id" && value !== undefined && JSON.stringify(value).length <= 2048),
  );

/** Where something that looks like a user id stands: `$.data.id`. */
export function findIdPath(value: unknown, path = "$", depth = 0): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > 3) return undefined;
  const entries = Object.entries(value).slice(0, 50);
  for (const wanted of ["id", "user_id", "userId", "uid", "sub", "login", "email"]) {
    if (entries.some(([key, item]) => key === wanted && asId(item) !== undefined)) return `${path}.${wanted}`;
  }
  for (const [key, item] of entries) {
    const found = /^[A-Za-z_]\w*$/.test(key) ? findIdPath(item, `${path}.${key}`, depth + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

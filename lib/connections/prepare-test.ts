import { databaseNow } from "#db/clock.ts";
import { type FoundResource, findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { parseCredentialInput } from "#lib/credentials/parse-credential-input.ts";
import { type NewCredential, saveCredential } from "#lib/credentials/save-credential.ts";
import { checkEveryOf, plainKeysOf, type StoredSecrets, suppliedFields } from "#lib/credentials/schema.ts";
import { AppError } from "#lib/errors.ts";
import type { Call, Spine } from "#lib/requests/perform-request.ts";
import { type CheckContext, checkDraft } from "#lib/resources/check-draft.ts";
import { boundHostsOf, movedValues } from "#lib/resources/host-template.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import { listCredentialPlaces } from "#lib/resources/list-secret-references.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { assertSecretsStay } from "#lib/resources/open-secrets-for.ts";
import { checkContextOf } from "#lib/resources/publish-resource.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import type { TestValues } from "./schema.ts";
import { findTestCredential, type StoredTestCredential, valuesOf } from "./test-values.ts";

export type TestInput = {
  resourceId: string;
  /** The draft that the values were typed for, where a member looks at one. */
  version?: number;
  values: TestValues;
  requestId?: string;
  /** Only an admin sends project secrets where no live resource sends them. */
  byAdmin?: boolean;
} & Pick<CheckContext, "allowsHttp">;

/** A draft that can be called, with the credential to call it by: what Send Test Request, the Refresh drill and Find begin with. */
export type PreparedTest = {
  resourceId: string;
  found: FoundResource;
  definition: ResourceDefinition;
  stored: StoredTestCredential | null;
  /** Typed values over stored ones. */
  secrets: StoredSecrets;
  canonical: string;
  hosts: string;
  /** Of the stored credential, as long as nothing was typed over it. */
  profile: NewCredential["profile"];
  /** The app's own live grant: whatever is issued belongs to its row. */
  isLive: boolean;
};

/** Refuses a draft that isn't whole, and stored secrets that would travel to another host than the one they were typed for. */
export async function prepareTest(
  spine: Spine,
  scope: Scope,
  { resourceId, version, values, allowsHttp, byAdmin = false }: TestInput,
  change: (draft: ResourceDraft) => ResourceDraft = (draft) => draft,
): Promise<PreparedTest> {
  const found = await findResource(scope, spine.db, resourceId);
  if (!found) throw new AppError("not_found", "This resource was deleted. Go back to Resources; Undo is open for 7 days.");
  if (version !== undefined && found.draft.version !== version) throw changedMeanwhile();
  const { definition, problems } = checkDraft(change(found.draft.body), await checkContextOf(scope, spine.db, found, { allowsHttp }));
  if (!definition) {
    const fields = Object.fromEntries(problems.map((problem) => [problem.path, problem.message]));
    throw new AppError("bad_input", `${problems.length} ${problems.length === 1 ? "thing" : "things"} to fix before a test can be sent.`, {
      fields,
    });
  }

  if (!byAdmin) await assertSecretsStay(scope, spine.db, definition);
  const stored = await findTestCredential(scope, spine.sql, resourceId, definition);
  const merged = mergeValues(definition, stored?.secrets, values);
  const hosts = boundHostsOf(definition);
  const kept = stored ? secretsKept(definition, stored, { merged, typed: values }) : [];
  if (stored) assertStillBound(definition, stored, { merged, hosts, kept });
  if (stored?.owner === "app" && kept.length > 0 && !byAdmin) await assertCredentialStays(scope, spine, found, definition);
  const { secrets, canonical } = parseCredentialInput(definition, merged, databaseNow());
  // What is kept is as secret as it was when it was typed, whatever the draft says now.
  if (stored) secrets.plain = secrets.plain?.filter((key) => typeof values[key] === "string" || stored.secrets.plain?.includes(key));
  if (stored && secrets.accessToken && secrets.accessToken === stored.secrets.accessToken) secrets.expiresAt ??= stored.secrets.expiresAt;
  const isLive = stored?.owner === "app" && isLiveGrant(stored.secrets, secrets, values);
  const isSame = Object.values(values).every((value) => value === undefined);
  const profile = isSame && stored?.profile && stored.profileId ? { id: stored.profileId, fields: stored.profile } : null;
  return { resourceId, found, definition, stored, secrets, canonical, hosts, profile, isLive };
}

/** The app's live credential goes out as the live revision sends it: in another field its editor could read it at the API. */
async function assertCredentialStays(
  scope: Scope,
  { sql }: Spine,
  { id, liveRevision }: FoundResource,
  definition: ResourceDefinition,
): Promise<void> {
  const live = liveRevision === null ? [] : listCredentialPlaces(await loadRevision(scope, sql, id, liveRevision));
  const moved = listCredentialPlaces(definition).find(
    (place) => !live.some(({ field, text }) => field === place.field && text === place.text),
  );
  if (!moved) return;
  const message = `The app's credential has never gone out in ${moved.field}. Ask an admin to send this test, or to choose Finish.`;
  throw new AppError("forbidden", message, { fields: { [moved.path]: message } });
}

/** What was typed goes only to the hosts that its member saw: somebody else may have led the draft elsewhere a moment ago. */
export const changedMeanwhile = () =>
  new AppError(
    "conflict",
    "The draft was changed elsewhere meanwhile, so what you typed was neither kept nor sent. Look at the changes, then try again.",
  );

/** A call through a prepared draft, as the test user. */
export const testCallOf = (scope: Scope, { resourceId, definition }: PreparedTest, { requestId, byAdmin }: TestInput) =>
  ({ scope, resourceId, definition, user: { id: "test-user", metadata: {} }, source: "test", requestId, byAdmin }) satisfies Partial<Call>;
export type TestCall = ReturnType<typeof testCallOf>;

type Kept = Pick<NewCredential, "secrets" | "status" | "reason" | "profile" | "verified" | "refreshedAt" | "event">;

/** Keeps what a test used and got as the test user's credential, at app level as a candidate. The live row keeps itself: live-grant. */
export async function keepTested(
  { sql }: Spine,
  scope: Scope,
  { resourceId, definition, stored, canonical, hosts }: PreparedTest,
  kept: Kept,
): Promise<void> {
  const owner = { kind: definition.level === "user" ? "test" : "app-candidate", boundHost: hosts } as const;
  const credential = { resourceId, owner, authType: definition.authType, canonical, checkEvery: checkEveryOf(definition), ...kept };
  await saveCredential(scope, sql, credential, stored?.owner === "app" ? undefined : stored?.id);
}

/**
 * Whether the app's live row itself was tested: nothing was typed, or its refresh token was used. Then what was issued belongs to that
 * row, since two copies of a rotating refresh token end the grant (rules.md, Credentials 3).
 */
const isLiveGrant = (live: StoredSecrets, used: StoredSecrets, typed: TestValues): boolean =>
  Object.values(typed).every((value) => value === undefined) ||
  (used.refreshToken !== undefined && used.refreshToken === live.refreshToken);

/**
 * Stored secrets go to the hosts they were typed for: neither an edited draft nor another value of an input that chooses the host
 * carries an admin's key elsewhere.
 */
function assertStillBound(
  definition: ResourceDefinition,
  stored: StoredTestCredential,
  { merged, hosts, kept }: { merged: Record<string, string>; hosts: string; kept: readonly string[] },
): void {
  const moved = inputsThatChooseHosts(definition).find((key) => merged[key] !== stored.secrets.inputs[key]);
  if (stored.boundHost === hosts && !moved) return;
  if (kept.length === 0) return;
  const message = moved
    ? `"${moved}" chooses another host now. Type what is secret again to confirm it.`
    : movedValues(stored.boundHost, hosts);
  throw new AppError("bad_input", message, { fields: Object.fromEntries(kept.map((key) => [key, message])) });
}

/** Keys of stored secrets that the test would send, since nothing was typed over them. */
function secretsKept(
  definition: ResourceDefinition,
  stored: StoredTestCredential,
  { merged, typed }: { merged: Record<string, string>; typed: TestValues },
): string[] {
  const plain = plainKeysOf(definition, stored.secrets);
  return suppliedFields(definition)
    .map(({ key }) => key)
    .filter((key) => !plain.has(key) && merged[key] !== undefined && !typed[key]);
}

/** Typed values over stored ones: a field left out keeps what is stored, null clears it. */
export function mergeValues(definition: ResourceDefinition, stored: StoredSecrets | undefined, typed: TestValues): Record<string, string> {
  const kept = stored ? valuesOf(stored) : {};
  const entries = suppliedFields(definition).map(({ key }) => [key, typed[key] === undefined ? kept[key] : typed[key]] as const);
  // A pair belongs together: a new refresh token makes the stored access token somebody else's.
  const merged = Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
  if (typed.refresh_token && typed.access_token === undefined) delete merged.access_token;
  return merged;
}

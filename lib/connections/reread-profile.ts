import { databaseNow } from "#db/clock.ts";
import type { StoredLive } from "#db/queries/live-credentials.ts";
import { pauseAskedFor } from "#lib/credentials/refresh-policy.ts";
import type { StoredSecrets } from "#lib/credentials/schema.ts";
import { storeProfile } from "#lib/credentials/store-profile.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { profileSourceOf } from "#lib/resources/profile-source.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { readUserProfile } from "./read-user-profile.ts";
import { type CredentialAct, sourceOf } from "./take-up-credential.ts";

/** Who somebody is changes seldom: however short the check interval, the schedule reads a profile at most once an hour. */
const LEAST_MS = 3_600_000;

type Reread = Pick<CredentialAct, "cause" | "actor"> & {
  credential: StoredLive;
  definition: ResourceDefinition;
  /** Which the API has just taken in the test request: so it stands behind the claims of its token. */
  secrets: StoredSecrets;
  /** When the check began, by the database's clock. */
  begunAt: number;
};

/**
 * Reads the profile of a credential that has just been found to work once more, and stores it or why it couldn't be read. The token is
 * used as it is and its status left alone, whatever the API answers. Returns how long the API asks to be left alone, if it does.
 */
export async function rereadProfile(
  spine: Spine,
  { credential, definition, secrets, begunAt, cause, actor }: Reread,
  nextTurn: () => Promise<void>,
): Promise<number | undefined> {
  if (definition.level !== "user" || !definition.profile.enabled) return undefined;
  const { projectId, resourceId, externalId, metadata, profileTriedAt } = credential;
  if (cause === "schedule" && profileTriedAt && databaseNow() - profileTriedAt.getTime() < LEAST_MS) return undefined;
  if (profileSourceOf(definition) === "request") await nextTurn();
  const scope = { projectId };
  const { performed, read } = await readUserProfile(spine, {
    ...{ scope, resourceId, definition, secrets, renew: "never", source: sourceOf(cause) },
    user: externalId === null ? null : { id: externalId, metadata: metadata ?? {} },
    userId: credential.userId ?? undefined,
    credentialId: credential.id,
  });
  const memberId = actor?.kind === "member" ? actor.id : undefined;
  await storeProfile(scope, spine.sql, credential, read, { begunAt, cause: { by: cause, memberId } });
  return pauseAskedFor(performed?.outcome ?? null);
}

/** How a credential stands, in words: one pure function over stored facts. */
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { type CredentialStatus, satisfies, statusOf } from "./schema.ts";

export type StoredHealth = {
  status: CredentialStatus;
  reason: string | null;
  authType: string;
  suppliedKeys: readonly string[];
  lastFailure?: string | null;
  failingSince?: Date | null;
  refreshFailures?: number;
  expiresAt?: Date | null;
  refreshAt?: Date | null;
  refreshedAt?: Date | null;
  verifiedAt?: Date | null;
  verifyAt?: Date | null;
  checkedAt?: Date | null;
};

export type Health = {
  status: CredentialStatus;
  reason: string | null;
  /** What that means. */
  sentence: string;
  /** What to do; null where nothing is to be done. */
  fix: string | null;
  /** Renewals fail for now, while the token may still live. */
  isStruggling: boolean;
  checkedAt: Date | null;
  expiresAt: Date | null;
  lastRefreshedAt: Date | null;
  nextRefreshAt: Date | null;
  verifiedAt: Date | null;
  nextCheckAt: Date | null;
};

type Words = { sentence: string; fix: string | null };

const RECONNECT = "The user has to connect again in your app.";

const REASONS: Record<string, Words> = {
  reconnect: { sentence: "The API no longer accepts the refresh token.", fix: RECONNECT },
  refresh_failed: { sentence: "Renewing the token failed for more than a day.", fix: `${RECONNECT} Refresh now tries once more.` },
  rejected: { sentence: "The API refused the access token, and there is no refresh token to renew it.", fix: RECONNECT },
  verify_failed: { sentence: "The API refused the credential when it was checked.", fix: `${RECONNECT} Re-verify checks once more.` },
  profile_failed: { sentence: "The tokens are kept, but the user profile could not be read when the user connected.", fix: RECONNECT },
  token_failed: { sentence: "The token call failed when the user connected.", fix: RECONNECT },
};

/** Failures of renewals that go on being tried. */
const STRUGGLES: Record<string, Words> = {
  invalid_client: {
    sentence: "The API refuses this resource's client when the token is to be renewed.",
    fix: "Check Client ID and Client Secret of the resource. The user has nothing to do.",
  },
  rate_limited: { sentence: "The token endpoint asks to slow down.", fix: null },
  unreachable: { sentence: "The token endpoint can't be reached.", fix: null },
  server_error: { sentence: "The token endpoint fails.", fix: null },
};
const OTHER_STRUGGLE: Words = {
  sentence: "The token endpoint answers with something that holds no token.",
  fix: "See the refresh in Activity.",
};

/** The status under the definition that is live now, why, what to do, and when it was looked at. `now` in milliseconds. */
export function healthOf(definition: ResourceDefinition | null, credential: StoredHealth, now: number): Health {
  const { status, reason } = definition ? statusOf(definition, credential) : credential;
  const isStruggling = status === "VALID" && Boolean(credential.failingSince);
  return {
    status,
    reason,
    ...words(definition, credential, { status, reason }, now),
    isStruggling,
    checkedAt: credential.checkedAt ?? null,
    expiresAt: credential.expiresAt ?? null,
    lastRefreshedAt: credential.refreshedAt ?? null,
    nextRefreshAt: status === "VALID" ? (credential.refreshAt ?? null) : null,
    verifiedAt: credential.verifiedAt ?? null,
    nextCheckAt: credential.verifyAt ?? null,
  };
}

function words(
  definition: ResourceDefinition | null,
  credential: StoredHealth,
  { status, reason }: { status: CredentialStatus; reason: string | null },
  now: number,
): Words {
  if (status === "PENDING") {
    const missing = definition ? satisfies(definition, credential) : null;
    const names = missing && !missing.ok ? missing.missing.join(", ") : "";
    return { sentence: `The resource asks for more than this user has supplied: ${names}.`, fix: "Connect again with the missing values." };
  }
  if (status === "INVALID") {
    if (definition && credential.authType !== definition.authType)
      return { sentence: "The resource's authentication type was changed after this user connected.", fix: RECONNECT };
    return REASONS[reason ?? ""] ?? { sentence: "The credential doesn't work.", fix: RECONNECT };
  }
  if (credential.failingSince) return STRUGGLES[credential.lastFailure ?? ""] ?? OTHER_STRUGGLE;
  if (credential.expiresAt && credential.expiresAt.getTime() < now && !credential.refreshAt)
    return { sentence: "The access token has ended; the next call shows whether the API still takes it.", fix: null };
  return { sentence: "The credential works.", fix: null };
}

/** Why no call can be made with a credential: for callers of the machine API. */
export function explainStatus(
  definition: ResourceDefinition,
  credential: StoredHealth,
): { kind: "needs_input" | "reconnect" | "invalid"; message: string; fix: string; missing?: string[] } {
  const { status, reason, sentence, fix } = healthOf(definition, credential, 0);
  const fit = satisfies(definition, credential);
  const kind = status === "PENDING" ? "needs_input" : reason === "reconnect" ? "reconnect" : "invalid";
  return { kind, message: sentence, fix: fix ?? RECONNECT, ...(fit.ok ? {} : { missing: fit.missing }) };
}

import { meansExpired } from "#lib/credentials/means-expired.ts";
import type { StoredSecrets } from "#lib/credentials/schema.ts";
import type { HttpRequest, Outcome } from "#lib/transport/schema.ts";
import { type LiveFailure, type ObtainLiveInput, obtainLive } from "./obtain-live.ts";
import { type Call, performRequest, type Spine } from "./perform-request.ts";

export type LiveCall = Omit<Call, "secrets" | "renew" | "userId" | "credentialId" | "definition"> &
  Pick<ObtainLiveInput, "credential" | "definition">;

export type PerformedLive =
  | {
      ok: true;
      outcome: Outcome;
      request: HttpRequest | null;
      redact: (text: string) => string;
      /** What the last call was made with. */
      secrets: StoredSecrets;
    }
  | { ok: false; failure: LiveFailure };

/**
 * The spine with a stored credential: obtain it, send; if the answer means "token expired", renew once and send again. Each call that
 * went out leaves its activity row.
 */
export async function performLive(spine: Spine, call: LiveCall): Promise<PerformedLive> {
  const { credential, ...rest } = call;
  const first = await obtainLive(spine, call);
  if (!first.ok) return first;
  const attempt = (secrets: StoredSecrets) =>
    performRequest(spine, { ...rest, secrets, renew: "never", userId: credential.userId ?? undefined, credentialId: credential.id });

  let performed = await attempt(first.secrets);
  if (performed.outcome && meansExpired(call.definition.behaviour, performed.outcome)) {
    const again = await obtainLive(spine, { ...call, rejected: first.secrets.accessToken ?? "" });
    if (again.ok && again.refreshed) performed = await attempt(again.secrets);
    else if (!again.ok && (again.failure.kind === "reconnect" || again.failure.kind === "invalid")) return again;
  }
  const { outcome, request, redact, secrets } = performed;
  // `never` leaves no other way: there is an outcome, or performRequest has thrown.
  if (!outcome) throw new Error("a call that needs no token was not made");
  return { ok: true, outcome, request, redact, secrets };
}

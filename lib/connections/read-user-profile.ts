import type { Redactor } from "#lib/activity/redact.ts";
import { type ReadProfile, readClaimedProfile, readProfileFromAnswer } from "#lib/credentials/read-profile.ts";
import { type Call, type Performed, performRequest, type Spine } from "#lib/requests/perform-request.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { Outcome } from "#lib/transport/schema.ts";

export type ProfileCall = Omit<Call, "request" | "kind" | "definition"> & {
  definition: Extract<ResourceDefinition, { level: "user" }>;
};

type Answer = Extract<Outcome, { kind: "answer" }>;

/**
 * What the API says of a user: in the claims of the access token at hand, or by the profile call, which is `performed` then. Whether
 * claims are to be believed is the caller's to know, and what of the answer is read (`seen`): of a draft, nothing that is secret.
 */
export async function readUserProfile(
  spine: Spine,
  call: ProfileCall,
  seen: (answer: Answer, redact: Redactor) => Answer = (answer) => answer,
): Promise<{ performed: Performed | null; read: ReadProfile }> {
  const { definition, secrets } = call;
  const claimed = readClaimedProfile(definition, secrets);
  if (claimed) return { performed: null, read: claimed };
  const performed = await performRequest(spine, { ...call, kind: "profile", request: definition.profile.request });
  const { outcome, refusal, redact } = performed;
  if (outcome?.kind !== "answer")
    return { performed, read: notRead(redact(`The profile call got no answer. ${(outcome ?? refusal)!.message}`)) };
  const { status, body } = seen(outcome, redact);
  if (status < 200 || status > 299) return { performed, read: notRead(`The API answered the profile call with ${status}.`) };
  return { performed, read: readProfileFromAnswer(definition.profile, body) };
}

const notRead = (message: string): ReadProfile => ({ ok: false, message });

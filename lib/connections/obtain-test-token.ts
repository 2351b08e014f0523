import { redactorOf, secretHeaderValues } from "#lib/activity/redact.ts";
import { listSecretValues } from "#lib/credentials/list-secret-values.ts";
import type { TokenCall } from "#lib/credentials/obtain-credential.ts";
import type { StoredSecrets } from "#lib/credentials/schema.ts";
import { obtainToken, type Performed, performRequest, type Spine } from "#lib/requests/perform-request.ts";
import type { TestCall } from "./prepare-test.ts";
import { tokenLane } from "./report-lanes.ts";
import type { TestLane } from "./schema.ts";

export type ObtainedTestToken = {
  ok: boolean;
  lane: TestLane;
  /** With the tokens that now hold: what was there, when no token call worked. */
  secrets: StoredSecrets;
  call?: TokenCall;
  /** Whether a token call issued them. */
  renewed: boolean;
  /** Masks all that the token call sent and got. */
  redact: (text: string) => string;
};

/** The token call of a test, where the authentication type has one, apart from what is called with its tokens. */
export async function obtainTestToken(spine: Spine, call: TestCall, secrets: StoredSecrets): Promise<ObtainedTestToken> {
  const { definition } = call;
  const obtained = await obtainToken(spine, { ...call, secrets }, "always");
  const { call: made } = obtained;
  const redact = redactorOf([
    ...listSecretValues(definition, secrets),
    ...(made ? [...made.secrets, ...secretHeaderValues(made.request)] : []),
  ]);
  const seen = { tokenCalls: made ? [made] : [], refusal: obtained.ok ? undefined : obtained.failure, redact };
  return {
    ok: obtained.ok,
    lane: tokenLane(definition, seen),
    secrets: obtained.ok ? obtained.secrets : secrets,
    call: made,
    renewed: obtained.ok && made !== undefined,
    redact,
  };
}

/** The test request with tokens at hand. What the token call knew stays masked in its answer. */
export async function callWith(
  spine: Spine,
  call: TestCall,
  { secrets, redact }: Pick<ObtainedTestToken, "secrets" | "redact">,
): Promise<Performed> {
  const { request } = call.definition.test;
  const performed = await performRequest(spine, { ...call, kind: "call", request, secrets, renew: "never" });
  return { ...performed, redact: (text) => redact(performed.redact(text)) };
}

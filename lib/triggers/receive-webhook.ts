/**
 * One request at a webhook URL, from its bytes to the answer: verify → filter → map to users → one transaction with dedupe key, delivery and
 * the runs with their first jobs. What is answered 2xx is durable; what is refused is kept for 72 h, so that it can be released after a fix.
 */
import { type Endpoint, findEndpoint } from "#db/queries/webhook-endpoints.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { seal } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";
import { answerChallenge, buildResponse, type HookAnswer, readChallenge } from "./build-response.ts";
import { readDedupeKey } from "./dedupe-key.ts";
import { findUser } from "./find-user.ts";
import { type Arrival, keepDelivery } from "./keep-delivery.ts";
import { matchesFilter } from "./matches-filter.ts";
import { noteSample, noteSecretSeen } from "./note-delivery.ts";
import { readPayload } from "./read-payload.ts";
import type { ReceivedRequest } from "./received.ts";
import { redactDelivery } from "./redact-delivery.ts";
import type { DeliveryReason, DeliveryStatus, VerificationScheme } from "./schema.ts";
import { mayKeepUnproven } from "./unproven-budget.ts";
import { openEndpointSecrets, verifyDelivery } from "./verify-delivery.ts";
import type { Refusal } from "./verify-signature.ts";
import { digestToken, isWebhookToken } from "./webhook-token.ts";
import { QUARANTINE_HOURS } from "./words.ts";

export type Webhook = {
  token: string;
  received: ReceivedRequest;
  requestId: string;
};

export async function receiveWebhook(spine: Spine, { token, received, requestId }: Webhook): Promise<HookAnswer> {
  const started = performance.now();
  const endpoint = isWebhookToken(token) ? await findEndpoint(spine.sql, digestToken(token)) : null;
  // A user-level trigger takes events at its users' URLs only.
  if (!endpoint || (endpoint.body.level === "user" && !endpoint.subscription)) throw noSuchHook();
  if (received.method === "HEAD") return { status: 200, headers: [], body: "" };

  const secrets = openEndpointSecrets(endpoint);
  const shown = redactDelivery(
    received,
    endpoint.body.verification,
    secrets.map(({ value }) => value),
  );
  const unproven: Visit = { spine, endpoint, received, shown, requestId, started, verifiedBy: null };
  if (received.method !== "POST" && received.method !== "PUT") {
    const challenge = received.method === "GET" ? readChallenge(endpoint.body.response, received, null) : null;
    if (challenge !== null) {
      const answer = answerChallenge(challenge);
      if (mayKeepUnproven(endpoint.triggerId, received)) await keep(unproven, { ...HANDSHAKE, answer }, WITHOUT_BODY);
      return answer;
    }
    throw new AppError("bad_input", "Events come by POST. A GET is for the challenge handshake that the trigger is set up for.");
  }

  const verdict = await verifyDelivery(spine.send, endpoint, received, secrets, new Date());
  if (!verdict.ok) return await refuse(unproven, verdict);
  const visit: Visit = { ...unproven, verifiedBy: endpoint.body.verification.scheme };
  if (verdict.secretId) noteSecretSeen(spine.sql, endpoint, verdict.secretId);

  // Runs keep it, and pages show it: what authenticates stays out.
  const payload = readPayload({ ...shown, body: received.body });
  const challenge = readChallenge(endpoint.body.response, received, payload.body);
  if (challenge !== null) {
    const answer = answerChallenge(challenge);
    await keep(visit, { ...HANDSHAKE, answer });
    return answer;
  }
  const answer = buildResponse(endpoint.body.response, received, payload);
  if (!matchesFilter(endpoint.body.filter, payload)) {
    await keep(visit, { status: "filtered", reason: "filter", message: "It doesn’t meet the filter.", answer });
    return answer;
  }
  const found = await findUser(spine.sql, endpoint, payload);
  if (!found.ok) {
    await keep(visit, { status: "unattributed", reason: found.reason, message: found.message, answer });
  } else {
    const key = readDedupeKey(endpoint.body.dedupe, received, payload);
    const { projectId, triggerId } = endpoint;
    const { userIds } = found;
    const row = { ...rowOf(visit, { answer }), userId: userIds.length === 1 ? userIds[0] : null, dedupeKey: key };
    const event = { projectId, triggerId, deliveryId: row.id, userIds, payload, key };
    const accepted = await keepDelivery(spine.sql, { row, event });
    record(visit, answer.status, accepted!.status);
  }
  noteSample(spine.sql, endpoint, payload, secrets);
  return answer;
}

type Visit = {
  spine: Spine;
  endpoint: Endpoint;
  received: ReceivedRequest;
  shown: ReturnType<typeof redactDelivery>;
  requestId: string;
  started: number;
  verifiedBy: VerificationScheme | null;
};
type End = { status: DeliveryStatus; reason: DeliveryReason; message: string; answer: Pick<HookAnswer, "status"> };

const HANDSHAKE = { status: "filtered", reason: "handshake", message: "A handshake: its challenge was sent back." } as const;
/** Of a GET it has no meaning (RFC 9110, section 9.3.1), and nobody proved it. */
const WITHOUT_BODY = { body: new Uint8Array(), size: 0 };

/** The same for a token that never was and one whose trigger is gone. */
const noSuchHook = () => new AppError("not_found", "There is no webhook at this address. Copy it from the trigger’s page.");

async function keep(visit: Visit, { answer, ...end }: End, more: Partial<Arrival["row"]> = {}): Promise<void> {
  await keepDelivery(visit.spine.sql, { row: { ...rowOf(visit, { answer }), ...end, ...more }, event: null });
  record(visit, answer.status, end.status, end.status === "refused" ? end.reason : undefined);
}

async function refuse(visit: Visit, { reason, message }: Refusal): Promise<HookAnswer> {
  const { endpoint, received, requestId } = visit;
  const status = reason === "keys_unavailable" ? 503 : reason === "blocked_address" ? 403 : 401;
  // What exactly didn't fit is for members to see, not for whoever tries.
  const body = JSON.stringify({ message: "This delivery was refused. The trigger’s Deliveries say why.", code: "refused", requestId });
  // RFC 9110, section 15.5.2: a 401 says how one would be let in. Signatures have no name of their own there.
  const challenge = endpoint.body.verification.scheme === "basic" ? 'Basic realm="Webhook"' : "Bearer";
  const headers: HookAnswer["headers"] = [["Content-Type", "application/json"]];
  const answer: HookAnswer = { status, headers: status === 401 ? [...headers, ["WWW-Authenticate", challenge]] : headers, body };
  if (!mayKeepUnproven(endpoint.triggerId, received)) return answer;
  const id = crypto.randomUUID();
  const { method, query, address, urls } = received;
  const sealed = seal(JSON.stringify({ method, headers: received.headers, query, address, urls }), {
    projectId: endpoint.projectId,
    rowId: id,
    field: SEALED_FIELD.deliveryRequest,
  });
  const quarantinedUntil = new Date(Date.now() + QUARANTINE_HOURS * 3_600_000);
  await keep(visit, { status: "refused", reason, message, answer }, { id, ...sealed, quarantinedUntil });
  return answer;
}

function rowOf({ endpoint, received, shown, requestId, started, verifiedBy }: Visit, { answer }: { answer: Pick<HookAnswer, "status"> }) {
  const { projectId, triggerId, resourceId, subscription } = endpoint;
  return {
    projectId,
    id: crypto.randomUUID(),
    triggerId,
    resourceId,
    userId: subscription?.userId ?? null,
    subscriptionId: subscription?.id ?? null,
    method: received.method,
    address: received.address,
    ...shown,
    body: received.body,
    size: received.body.byteLength,
    responseStatus: answer.status,
    durationMs: Math.round(performance.now() - started),
    requestId,
    verifiedBy,
  };
}

function record(
  { spine, endpoint, received, requestId, started }: Visit,
  answered: number,
  status: DeliveryStatus,
  failure?: string,
): void {
  spine.record({
    projectId: endpoint.projectId,
    resourceId: endpoint.resourceId,
    userId: endpoint.subscription?.userId,
    kind: "webhook",
    source: "webhook",
    method: received.method,
    // The token is what authorizes: it stays out.
    path: `/hooks/… (${status})`,
    status: answered,
    ...(failure ? { failure } : {}),
    durationMs: Math.round(performance.now() - started),
    requestId,
  });
}

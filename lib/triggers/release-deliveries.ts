import { and, sql as chunk, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Endpoint, findEndpointOf } from "#db/queries/webhook-endpoints.ts";
import { delivery } from "#db/schema/triggers.ts";
import { connectedUser } from "#db/schema/users.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { acceptEvent } from "./accept-event.ts";
import { readDedupeKey } from "./dedupe-key.ts";
import { findUser } from "./find-user.ts";
import { type FoundDelivery, findDeliveries, lockDeliveries, restoreRequest, type StoredDelivery } from "./load-delivery.ts";
import { matchesFilter } from "./matches-filter.ts";
import { readPayload } from "./read-payload.ts";
import { redactDelivery } from "./redact-delivery.ts";
import type { DeliveryKey, DeliveryReason, DeliveryStatus, VerificationScheme } from "./schema.ts";
import { openEndpointSecrets, verifyDelivery } from "./verify-delivery.ts";
import type { Verdict } from "./verify-signature.ts";
import { provenBy, whyUnproven } from "./why-unproven.ts";

/** What became of one delivery. `status` is its new one; `released`: it is out of quarantine. */
export type Released = { key: DeliveryKey; released: boolean; status: DeliveryStatus; message: string | null; runIds: string[] };

/** Of one call: what a page shows at once, and few enough for one transaction. */
export const MOST_AT_ONCE = 100;

/**
 * Judges refused and unattributed deliveries again, by the trigger as it is now, each as of the time when it came. Those that pass are
 * events like any other: deduplicated, and with runs. The rest stays, with the newest reason.
 */
export async function releaseQuarantined(
  spine: Pick<Spine, "db" | "sql" | "send">,
  scope: Scope,
  actor: Actor,
  { keys }: { keys: readonly DeliveryKey[] },
): Promise<Released[]> {
  return await settle(spine, scope, actor, keys, "delivery.release", null);
}

/** Says whose unattributed events these are: each is released for that user, without asking the mapping. */
export async function mapUnattributed(
  spine: Pick<Spine, "db" | "sql" | "send">,
  scope: Scope,
  actor: Actor,
  { keys, userId }: { keys: readonly DeliveryKey[]; userId: string },
): Promise<Released[]> {
  const [user] = await spine.db
    .select({ id: connectedUser.id })
    .from(connectedUser)
    .where(and(eq(connectedUser.projectId, scope.projectId), eq(connectedUser.id, userId)));
  if (!user) throw new AppError("not_found", "There is no such user in this project. Choose another.");
  return await settle(spine, scope, actor, keys, "delivery.map", userId);
}

async function settle(
  { db, sql, send }: Pick<Spine, "db" | "sql" | "send">,
  scope: Scope,
  actor: Actor,
  keys: readonly DeliveryKey[],
  action: "delivery.release" | "delivery.map",
  userId: string | null,
): Promise<Released[]> {
  if (keys.length > MOST_AT_ONCE) throw new AppError("bad_input", `Choose ${MOST_AT_ONCE} deliveries at most.`);
  // Verifying may fetch keys: no row is held across that.
  const judged = await judgeAll(scope, { sql, send }, await findDeliveries(scope, db, keys));
  return await db.transaction(async (tx) => {
    const rows = await lockDeliveries(scope, tx, keys);
    const released: Released[] = [];
    for (const { row, key } of rows) {
      const { endpoint, verdict } = judged.get(row.id) ?? { endpoint: null, verdict: null };
      const end = endpoint ? await settleOne(tx, sql, endpoint, row, verdict, userId) : GONE;
      if (!end.isUnchanged) await save(tx, row.projectId, key, { ...end, verifiedBy: provenNow(endpoint, row, end) });
      released.push({
        key,
        released: end.status !== "refused" && end.status !== "unattributed",
        status: end.status,
        message: end.message,
        runIds: end.runIds,
      });
    }
    const ends = Object.fromEntries([...Map.groupBy(released, ({ status }) => status)].map(([status, list]) => [status, list.length]));
    await recordAudit(tx, {
      ...scope,
      actor,
      action,
      subject: `trigger:${rows[0]?.row.triggerId}`,
      detail: { ...ends, ...(userId ? { userId } : {}) },
    });
    return released;
  });
}

type Judged = { endpoint: Endpoint | null /** Null: it isn't to be verified. */; verdict: Verdict | null };

async function judgeAll(
  scope: Scope,
  { sql, send }: Pick<Spine, "sql" | "send">,
  found: readonly FoundDelivery[],
): Promise<Map<string, Judged>> {
  const judge = async ({ row }: FoundDelivery): Promise<[string, Judged]> => {
    const endpoint = await findEndpointOf(scope, sql, row);
    if (!endpoint || !isQuarantined(row)) return [row.id, { endpoint, verdict: null }];
    return [
      row.id,
      { endpoint, verdict: await verifyDelivery(send, endpoint, restoreRequest(row), openEndpointSecrets(endpoint), row.at) },
    ];
  };
  return new Map(await Promise.all(found.map(judge)));
}

const isQuarantined = ({ status, ciphertext, quarantinedUntil }: StoredDelivery): boolean =>
  status === "refused" && ciphertext !== null && quarantinedUntil !== null && quarantinedUntil > new Date();

/** A refused one that was released is verified by what holds now. */
const provenNow = (endpoint: Endpoint | null, row: StoredDelivery, { status }: End): VerificationScheme | null =>
  !endpoint || status === "refused" ? null : row.status === "refused" ? endpoint.body.verification.scheme : provenBy(endpoint, row);

type End = {
  status: DeliveryStatus;
  reason: DeliveryReason | null;
  message: string | null;
  userId?: string | null;
  key?: string | null;
  runIds: string[];
  isUnchanged?: true;
};
const GONE: End = { status: "refused", reason: null, message: "Its trigger is gone.", runIds: [], isUnchanged: true };

async function settleOne(
  tx: Database,
  sql: Spine["sql"],
  endpoint: Endpoint,
  row: StoredDelivery,
  verdict: Verdict | null,
  mappedTo: string | null,
): Promise<End> {
  const stays = (status: DeliveryStatus, reason: DeliveryReason | null, message: string): End => ({ status, reason, message, runIds: [] });
  if (row.status !== "refused" && row.status !== "unattributed") {
    return { ...stays(row.status, row.reason, "It needs no release: it was taken already."), runIds: row.runIds, isUnchanged: true };
  }
  const received = restoreRequest(row);
  const secrets = openEndpointSecrets(endpoint);
  if (row.status === "refused") {
    if (!verdict)
      return { ...stays("refused", row.reason, "Its quarantine of 72 h is over. Have the API send it again."), isUnchanged: true };
    if (!verdict.ok) return stays("refused", verdict.reason, verdict.message);
  } else {
    const unproven = whyUnproven(endpoint, row);
    if (unproven) return { ...stays(row.status, row.reason, unproven), isUnchanged: true };
  }
  const shown = redactDelivery(
    received,
    endpoint.body.verification,
    secrets.map(({ value }) => value),
  );
  const payload = readPayload({ ...shown, body: received.body });
  if (!matchesFilter(endpoint.body.filter, payload)) return stays("filtered", "filter", "It doesn’t meet the filter.");
  const found = mappedTo ? ({ ok: true, userIds: [mappedTo] } as const) : await findUser(sql, endpoint, payload);
  if (!found.ok) return stays("unattributed", found.reason, found.message);
  const key = readDedupeKey(endpoint.body.dedupe, received, payload);
  const { projectId, triggerId } = endpoint;
  const accepted = await acceptEvent(tx, { projectId, triggerId, deliveryId: row.id, userIds: [...found.userIds], payload, key });
  if (accepted.status === "duplicate")
    return { ...stays("duplicate", "repeated", "It came before, within 7 days. Nothing was started."), key };
  return {
    status: "accepted",
    reason: null,
    message: null,
    userId: found.userIds.length === 1 ? found.userIds[0] : null,
    key,
    runIds: accepted.runIds,
  };
}

/** What was sealed for the re-check is needed no more once it passed. */
async function save(
  tx: Database,
  projectId: string,
  { at, id }: DeliveryKey,
  { status, reason, message, userId, key, runIds, verifiedBy }: End & { verifiedBy: VerificationScheme | null },
): Promise<void> {
  const passed = status !== "refused";
  await tx
    .update(delivery)
    .set({
      status,
      reason,
      message,
      runIds,
      verifiedBy,
      ...(userId === undefined ? {} : { userId }),
      ...(key === undefined ? {} : { dedupeKey: key }),
      ...(passed ? { ciphertext: null, keyId: null, quarantinedUntil: null } : {}),
      ...(status === "accepted" ? { releasedAt: chunk`now()` } : {}),
    })
    .where(and(eq(delivery.projectId, projectId), eq(delivery.at, chunk`${at}::text::timestamptz`), eq(delivery.id, id)));
}

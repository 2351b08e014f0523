import { and, sql as chunk, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { delivery } from "#db/schema/triggers.ts";
import { AppError } from "#lib/errors.ts";
import { open } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";
import type { ReceivedRequest } from "./received.ts";
import type { DeliveryKey } from "./schema.ts";

export type StoredDelivery = typeof delivery.$inferSelect;

/** Keys tell their times to the microsecond, rows don’t. */
export type FoundDelivery = { row: StoredDelivery; key: DeliveryKey };

/** The rows that are there, oldest first. Those of another project aren't. */
export const findDeliveries = (scope: Scope, db: Database, keys: readonly DeliveryKey[]) => readDeliveries(scope, db, keys, false);

/** The same, held until the transaction ends. */
export const lockDeliveries = (scope: Scope, tx: Database, keys: readonly DeliveryKey[]) => readDeliveries(scope, tx, keys, true);

async function readDeliveries(
  { projectId }: Scope,
  db: Database,
  keys: readonly DeliveryKey[],
  areLocked: boolean,
): Promise<FoundDelivery[]> {
  const found: FoundDelivery[] = [];
  for (const key of [...keys].sort((a, b) => a.at.localeCompare(b.at))) {
    const { at, id } = key;
    const query = db
      .select()
      .from(delivery)
      .where(and(eq(delivery.projectId, projectId), eq(delivery.at, chunk`${at}::text::timestamptz`), eq(delivery.id, id)));
    const [row] = await (areLocked ? query.for("update") : query);
    if (row) found.push({ row, key });
  }
  if (found.length === 0)
    throw new AppError(
      "not_found",
      "There is no such delivery in this project: it may be older than deliveries are kept. Reload the page.",
    );
  return found;
}

/** The request as it came, for a re-check or the doctor; of a row that was never refused, what is shown of it. */
export function restoreRequest(
  row: Pick<StoredDelivery, "projectId" | "id" | "ciphertext" | "keyId" | "method" | "headers" | "query" | "body" | "address">,
): ReceivedRequest {
  const { projectId, id, ciphertext, keyId, method, headers, query, body, address } = row;
  if (!ciphertext || !keyId) return { method, headers, query, body, address, urls: [] };
  const sealed = JSON.parse(open({ ciphertext, keyId }, { projectId, rowId: id, field: SEALED_FIELD.deliveryRequest })) as Omit<
    ReceivedRequest,
    "body"
  >;
  return { ...sealed, body };
}

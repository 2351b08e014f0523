import type { ActionResult } from "#lib/errors.ts";
import type { DeliveryKey, Diagnosis, ShownDelivery } from "#lib/triggers/schema.ts";
import type { DeliveryStatus } from "#lib/triggers/words.ts";

export type DeliveryPage = { rows: ShownDelivery[]; next: DeliveryKey | null };
export type DeliveryStory = ShownDelivery & {
  headers: [string, string][];
  query: [string, string][];
  body: string;
  address: string | null;
  /** Of its activity row. */
  requestId: string | null;
};
export type Settled = { status: DeliveryStatus; message: string | null; runIds: string[] };

export type DiagnosedDelivery = { diagnosis: Diagnosis; secretIs: "stored" | "typed" } | { diagnosis: null; isWhole: boolean };

type Act<Values, Data> = (values: { projectId: string } & Values) => Promise<ActionResult<Data>>;

export interface DeliveryActions {
  search: Act<{ filter: { triggerId: string; status?: DeliveryStatus | null }; after?: DeliveryKey; since?: DeliveryKey }, DeliveryPage>;
  read: Act<DeliveryKey, DeliveryStory>;
  diagnose: Act<{ key: DeliveryKey; secret?: string }, DiagnosedDelivery>;
  applyDiagnosis: Act<{ key: DeliveryKey; secret?: string }, { ready: boolean }>;
  release: Act<{ keys: DeliveryKey[] }, Settled[]>;
  map: Act<{ keys: DeliveryKey[]; externalId: string }, Settled[]>;
  replay: Act<{ keys: DeliveryKey[] }, Settled[]>;
}

export const unwrap = <Data>(result: ActionResult<Data>): Data => {
  if (!result.ok) throw new Error(result.error.message);
  return result.data;
};

/** "2 accepted, 1 refused": what became of those that were released or replayed. */
export function countSettled(settled: readonly Settled[]): string {
  const counts = new Map<string, number>();
  for (const { status } of settled) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, n]) => `${n} ${status}`).join(", ");
}

import type { ActionResult } from "#lib/errors.ts";
import type { DeliveryPayload } from "#lib/triggers/schema.ts";
import type { DeliveryStatus } from "#lib/triggers/words.ts";

/** An event that arrived, with what it brought, redacted: to see, to map by and to try the filter on. */
export type HeardEvent = { id: string; at: string; payload: DeliveryPayload; status: DeliveryStatus; message: string | null };

export type Listen = (values: { projectId: string; triggerId: string }) => Promise<ActionResult<HeardEvent[]>>;

/** Those to map by and to try the filter on: of refused ones nobody knows who sent them. */
export const samplesOf = (heard: readonly HeardEvent[]): HeardEvent[] => heard.filter(({ status }) => status !== "refused");

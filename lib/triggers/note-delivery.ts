/** What is noted about deliveries beside their rows. Never on the way of an answer: losing one costs nothing. */
import type { Sql } from "#db/client.ts";
import type { Endpoint } from "#db/queries/webhook-endpoints.ts";
import { redactorOf } from "#lib/activity/redact.ts";
import { redactDelivery, redactPayload } from "./redact-delivery.ts";
import type { DeliveryPayload } from "./schema.ts";
import type { LiveSecret } from "./verify-signature.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const SAMPLE_BYTES = 65_536;

const noted = new Map<string, number>();

/** Once in a minute for each key, in this process. */
function isTime(key: string): boolean {
  const now = Date.now();
  if (now - (noted.get(key) ?? 0) < MINUTE) return false;
  if (noted.size > 10_000) noted.clear();
  noted.set(key, now);
  return true;
}

/** "Last seen" of a secret, to the minute: tells when an old one is done with. */
export function noteSecretSeen(sql: Sql, { projectId, triggerId, secrets }: Endpoint, secretId: string): void {
  const known = secrets.find(({ id }) => id === secretId);
  if (!known || (known.lastSeenAt && Date.now() - known.lastSeenAt.getTime() < MINUTE) || !isTime(secretId)) return;
  void sql`update trigger_secret set last_seen_at = now() where project_id = ${projectId} and trigger_id = ${triggerId} and id = ${secretId}`.catch(
    () => {
      noted.delete(secretId);
    },
  );
}

/** A real event for mapping, filters and the workflow editor, once a day: it outlives its delivery. */
export function noteSample(
  sql: Sql,
  { projectId, triggerId, sampleAt, body }: Endpoint,
  payload: DeliveryPayload,
  secrets: LiveSecret[],
): void {
  const key = `sample ${triggerId}`;
  if ((sampleAt && Date.now() - sampleAt.getTime() < DAY) || !isTime(key)) return;
  if (JSON.stringify(payload).length > SAMPLE_BYTES) return;
  const values = secrets.map(({ value }) => value);
  const shown = redactDelivery(
    { headers: Object.entries(payload.headers), query: Object.entries(payload.query) },
    body.verification,
    values,
  );
  const sample = redactPayload(
    { body: payload.body, headers: Object.fromEntries(shown.headers), query: Object.fromEntries(shown.query) },
    redactorOf(values),
  );
  if (!sample) return;
  void sql`update trigger set sample = ${sql.json(sample as never)}, sample_at = now() where project_id = ${projectId} and id = ${triggerId}`.catch(
    () => {
      noted.delete(key);
    },
  );
}

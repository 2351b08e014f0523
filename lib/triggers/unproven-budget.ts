import type { ReceivedRequest } from "./received.ts";

/**
 * What a process keeps of one trigger's refusals and handshakes; more are answered alike, and not kept: whoever knows the URL, but no
 * secret, must not fill the disk. Room for a misconfigured sender's burst at once, and what flows back fills some 2.5 GiB in a week.
 */
const ROWS = 120;
const ROWS_A_MINUTE = 120;
const BYTES = 4_194_304;
const BYTES_A_MINUTE = 262_144;
const MOST_TRIGGERS = 10_000;

const left = new Map<string, { at: number; rows: number; bytes: number }>();

/** Takes a request's room from its trigger's; false when there isn't enough. A smaller one may still fit. */
export function mayKeepUnproven(triggerId: string, received: ReceivedRequest, now = Date.now()): boolean {
  const bytes = sizeOf(received);
  const known = left.get(triggerId) ?? { at: now, rows: ROWS, bytes: BYTES };
  const minutes = (now - known.at) / 60_000;
  const room = {
    at: now,
    rows: Math.min(ROWS, known.rows + minutes * ROWS_A_MINUTE),
    bytes: Math.min(BYTES, known.bytes + minutes * BYTES_A_MINUTE),
  };
  const fits = room.rows >= 1 && room.bytes >= bytes;
  if (left.size >= MOST_TRIGGERS) left.clear();
  left.set(triggerId, fits ? { at: now, rows: room.rows - 1, bytes: room.bytes - bytes } : room);
  return fits;
}

/** Headers and query are kept twice: redacted, and sealed for a re-check. */
const sizeOf = ({ headers, query, body }: ReceivedRequest): number =>
  body.byteLength + 2 * [...headers, ...query].reduce((sum, [name, value]) => sum + name.length + value.length, 0);

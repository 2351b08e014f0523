import type { ReceivedRequest } from "./received.ts";
import { headerOf } from "./received.ts";
import type { DeliveryPayload } from "./schema.ts";

/** What a request brought, as filters, mappings and workflows see it: JSON and forms as objects, other bodies as text. */
export function readPayload(received: Pick<ReceivedRequest, "headers" | "query" | "body">): DeliveryPayload {
  return { body: readBody(received), headers: toRecord(received.headers), query: toRecord(received.query) };
}

function readBody(received: Pick<ReceivedRequest, "headers" | "body">): unknown {
  if (received.body.byteLength === 0) return null;
  const text = Buffer.from(received.body.buffer, received.body.byteOffset, received.body.byteLength).toString("utf8");
  if (/^application\/x-www-form-urlencoded/i.test(headerOf(received, "content-type") ?? ""))
    return toRecord([...new URLSearchParams(text)]);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The first of several with one name; own properties only, whatever they are called. */
function toRecord(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) if (!(name in record)) record[name] = value;
  return { ...record };
}

import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { Behaviour } from "#lib/resources/schema.ts";
import type { Outcome } from "#lib/transport/schema.ts";

/** Whether an answer means "token expired" by the resource's own rule: a status, a value at a JSON path, or a header. Pure. */
export function meansExpired({ expired }: Pick<Behaviour, "expired">, outcome: Outcome): boolean {
  if (outcome.kind === "failure") return false;
  if (expired.statuses.includes(outcome.status)) return true;
  if (expired.header) {
    const values = outcome.headers.filter(([name]) => name.toLowerCase() === expired.header.toLowerCase()).map(([, value]) => value);
    if (values.some((value) => !expired.headerEquals || value === expired.headerEquals)) return true;
  }
  if (!expired.path) return false;
  const found = readJsonPath(parseJson(outcome.body), expired.path);
  return found !== undefined && (!expired.equals || String(found) === expired.equals);
}

/** The body as JSON, or undefined when it isn't JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

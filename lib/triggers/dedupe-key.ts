import { hash } from "node:crypto";
import { readJsonPath } from "#lib/resources/read-json-path.ts";
import { headerOf, type ReceivedRequest } from "./received.ts";
import type { DeliveryPayload, TriggerDraft } from "./schema.ts";

/** What makes two deliveries the same; null where nothing does. Long ones as their digest. Pure. */
export function readDedupeKey(dedupe: TriggerDraft["dedupe"], received: ReceivedRequest, payload: DeliveryPayload): string | null {
  switch (dedupe.by) {
    case "none":
      return null;
    case "header":
      return keyOf("header", headerOf(received, dedupe.name));
    case "field": {
      const value = readJsonPath(payload.body, dedupe.path);
      return value === undefined || value === null ? null : keyOf("field", typeof value === "string" ? value : JSON.stringify(value));
    }
    case "body":
      return `body:${hash("sha256", received.body, "hex")}`;
  }
}

const keyOf = (kind: string, value: string | undefined): string | null =>
  !value ? null : value.length <= 200 && !value.includes("\u0000") ? `${kind}:${value}` : `${kind}-sha256:${hash("sha256", value, "hex")}`;

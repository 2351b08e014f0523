import type { StatusTone } from "#components/ui/status.tsx";
import type { ActivityDetail } from "#lib/activity/schema.ts";
import type { ActivityEnd, ActivityKind, ActivitySource } from "#lib/activity/words.ts";

export interface CallSummary {
  id: string;
  /** ISO, to the microsecond. */
  at: string;
  kind: ActivityKind;
  source: ActivitySource;
  method: string | null;
  host: string | null;
  path: string | null;
  status: number | null;
  failure: string | null;
  durationMs: number;
  requestId: string | null;
  resourceId: string | null;
  /** Null when the resource was deleted, or there was none. */
  resourceName: string | null;
  userId: string | null;
  userKind: "user" | "test" | null;
  externalId: string | null;
  userName: string | null;
}

/** One row with all that is known of it. */
export interface CallStory {
  /** `detail` is redacted; null where none is kept: of calls that worked only the metadata stays. */
  row: CallSummary & { credentialId: string | null; step: string | null; detail: ActivityDetail | null };
  /** What else the same request brought about, oldest first. */
  sameRequest: readonly CallSummary[];
  /** A sentence of the credential's timeline. */
  cause: string | null;
  /** Whose step made the call; null for others, and when it isn't kept any more. */
  run: { id: string; at: string; workflow: string | null; stepName: string | null } | null;
  /** What came in by a webhook. */
  delivery: { id: string; at: string; triggerId: string } | null;
}

export const SOURCE_LABELS: Record<ActivitySource, string> = {
  sdk: "SDK",
  schedule: "Schedule",
  manual: "By hand",
  connect: "Connect",
  test: "Test",
  workflow: "Workflow",
  webhook: "Webhook",
};
export const KIND_LABELS: Record<ActivityKind, string> = {
  call: "Call",
  token: "Token call",
  profile: "Profile",
  verify: "Verification",
  connect: "Connect",
  webhook: "Webhook",
};
export const END_LABELS: Record<ActivityEnd, string> = { ok: "OK", error: "Any error", "4xx": "4xx", "5xx": "5xx", failed: "Failed" };

/** "SDK", "Token call, test", "Connect": what made the call. */
export function sourceOf({ kind, source }: Pick<CallSummary, "kind" | "source">): string {
  if (kind === "call") return SOURCE_LABELS[source];
  if (kind === "connect") return KIND_LABELS.connect;
  return `${KIND_LABELS[kind]}, ${source === "sdk" ? "SDK" : SOURCE_LABELS[source].toLowerCase()}`;
}

export const userOf = ({ source, userKind, userName }: Pick<CallSummary, "source" | "userKind" | "userName">): string =>
  userKind === "test" || (source === "test" && !userName)
    ? "Test user"
    : (userName ?? (source === "connect" || source === "sdk" ? "New user" : "All users"));

export const resourceOf = ({ resourceId, resourceName }: Pick<CallSummary, "resourceId" | "resourceName">): string =>
  resourceName ?? (resourceId ? "Deleted resource" : "None");

const FAILURES: Record<string, string> = {
  timeout: "Time-out",
  connect_timeout: "Time-out",
  blocked_address: "Blocked",
  dns: "No address",
  tls: "TLS",
  connect_refused: "Refused",
  reset: "Cut off",
  too_large: "Too large",
};

/** The status code, or what kept one from coming. */
export const resultOf = ({ status, failure }: Pick<CallSummary, "status" | "failure">): string =>
  status !== null ? String(status) : (FAILURES[failure ?? ""] ?? "Not sent");

export function toneOf({ status, failure }: Pick<CallSummary, "status" | "failure">): Exclude<StatusTone, "info" | "idle"> {
  if (status === null || failure) return status !== null && status < 500 ? "warning" : "danger";
  return status < 400 ? "success" : status < 500 ? "warning" : "danger";
}

/** "84 ms", "1.2 s". */
export const formatDuration = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** JSON with its own indentation made even; anything else as it came. */
export function prettyBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

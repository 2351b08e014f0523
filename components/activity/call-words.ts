import type { StatusTone } from "#components/ui/status.tsx";

export interface CallSummary {
  id: string;
  /** ISO. */
  at: string;
  kind: "call" | "token" | "profile" | "verify" | "connect";
  source: "test" | "connect" | "sdk" | "schedule" | "workflow";
  method: string | null;
  host: string | null;
  path: string | null;
  status: number | null;
  failure: string | null;
  durationMs: number;
  userKind: "user" | "test" | null;
  userName: string | null;
}

const SOURCES: Record<CallSummary["source"], string> = {
  test: "Test",
  connect: "Connect",
  sdk: "SDK",
  schedule: "Schedule",
  workflow: "Workflow",
};
const KINDS: Record<CallSummary["kind"], string> = {
  call: "",
  token: "Token call",
  profile: "Profile",
  verify: "Verification",
  connect: "Connect",
};

/** "SDK", "Token call, test", "Connect": what made the call. */
export function sourceOf({ kind, source }: Pick<CallSummary, "kind" | "source">): string {
  if (kind === "call") return SOURCES[source];
  if (kind === "connect") return KINDS.connect;
  return `${KINDS[kind]}, ${SOURCES[source].toLowerCase()}`;
}

export const userOf = ({ source, userKind, userName }: Pick<CallSummary, "source" | "userKind" | "userName">): string =>
  userKind === "test" || (source === "test" && !userName)
    ? "Test user"
    : (userName ?? (source === "connect" || source === "sdk" ? "New user" : "All users"));

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

export function toneOf({ status, failure }: Pick<CallSummary, "status" | "failure">): StatusTone {
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

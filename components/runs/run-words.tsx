import { CircleCheck, CircleDashed, CircleDot, CircleSlash, CircleX, Clock } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Status, type StatusTone } from "#components/ui/status.tsx";
import type { RunSource, RunStatus } from "#lib/workflows/run-words.ts";

export const RUN_STATUS_LABELS: Record<RunStatus, string> = {
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  succeeded: "Passed",
  failed: "Failed",
  cancelled: "Cancelled",
};

const LOOK: Record<RunStatus, { tone: StatusTone; icon: typeof Clock }> = {
  queued: { tone: "idle", icon: CircleDashed },
  running: { tone: "info", icon: CircleDot },
  waiting: { tone: "warning", icon: Clock },
  succeeded: { tone: "success", icon: CircleCheck },
  failed: { tone: "danger", icon: CircleX },
  cancelled: { tone: "idle", icon: CircleSlash },
};

export function RunStatusIcon({ status }: { status: RunStatus }) {
  const Icon = LOOK[status].icon;
  return <Icon aria-hidden />;
}

export function RunStatusWord({ status }: { status: RunStatus }) {
  return (
    <Status tone={LOOK[status].tone} icon={<RunStatusIcon status={status} />}>
      {RUN_STATUS_LABELS[status]}
    </Status>
  );
}

export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { tone } = LOOK[status];
  return (
    <Badge tone={tone === "idle" ? "neutral" : tone} icon={<RunStatusIcon status={status} />}>
      {RUN_STATUS_LABELS[status]}
    </Badge>
  );
}

export const SOURCE_WORDS: Record<RunSource, string> = {
  resource: "Webhook",
  event: "App Event",
  request: "Request",
  schedule: "Schedule",
  user_connected: "User Connected",
  replay: "Replay",
};

/** "84 ms", "12.4 s", "10 min 13 s", "3 d 4 h". */
export function formatLength(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, "")} s`;
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  const from = units.findIndex(([, size]) => ms >= size);
  return units
    .slice(from, from + 2)
    .map(([unit, size], at) => [Math.floor((at === 0 ? ms : ms % units[from]![1]) / size), unit] as const)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(" ");
}

/** "236 B", "2.1 kB". */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

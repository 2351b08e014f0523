import type { HourOfCalls } from "#components/ui/sparkline.tsx";
import type { ResourceStatus } from "#lib/resources/resource-status.ts";
import type { AuthType, ResourceLevel } from "#lib/resources/words.ts";

export interface ResourceListRow {
  id: string;
  name: string;
  level: ResourceLevel | null;
  authType: AuthType | null;
  status: ResourceStatus;
  appearance: { icon: string; colour: number };
  baseUrl: string;
  /** At most 1,001. */
  connectedUsers: number;
  /** Names of the live workflows that need it. */
  workflows: readonly string[];
  /** The last 24 hours, oldest first; null when there was no call. */
  hours: readonly HourOfCalls[] | null;
  /** "99.8 %", or null without calls. */
  success: string | null;
  /** ISO. */
  updatedAt: string;
}

export interface ResourceFilter {
  q: string;
  level: ResourceLevel | null;
  auth: AuthType | null;
  status: ResourceStatus | null;
}

export const SORT_COLUMNS = ["name", "users", "success", "updated"] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export interface ResourceSort {
  by: SortColumn;
  order: "ascending" | "descending";
}

/** By name or base URL, in any case and any order of words; an empty filter lets everything through. */
export function filterResources(rows: readonly ResourceListRow[], { q, level, auth, status }: ResourceFilter): ResourceListRow[] {
  const words = q.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = `${row.name}\n${row.baseUrl}`.normalize("NFKC").toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (!level || row.level === level) &&
      (!auth || row.authType === auth) &&
      (!status || row.status === status)
    );
  });
}

const COMPARE: Record<SortColumn, (a: ResourceListRow, b: ResourceListRow) => number> = {
  name: byName,
  users: (a, b) => a.connectedUsers - b.connectedUsers,
  // No calls is neither good nor bad: below all that have a figure.
  success: (a, b) => shareOf(a) - shareOf(b),
  updated: (a, b) => a.updatedAt.localeCompare(b.updatedAt),
};

const NAMES = new Intl.Collator("en", { sensitivity: "base", numeric: true });

function byName(a: ResourceListRow, b: ResourceListRow): number {
  return NAMES.compare(a.name, b.name);
}

function shareOf({ hours }: ResourceListRow): number {
  if (!hours) return -1;
  const calls = hours.reduce((sum, hour) => sum + hour.calls, 0);
  return calls === 0 ? -1 : 1 - hours.reduce((sum, hour) => sum + hour.failed, 0) / calls;
}

/** Equal rows stand by name. */
export function sortResources(rows: readonly ResourceListRow[], { by, order }: ResourceSort): ResourceListRow[] {
  const sign = order === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => sign * COMPARE[by](a, b) || byName(a, b));
}

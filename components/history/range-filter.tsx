"use client";

import { formatFull } from "#components/ui/format-time.ts";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Select } from "#components/ui/select.tsx";
import { ACTIVITY_RANGES, type ActivityRange, RANGE_SECONDS } from "#lib/activity/words.ts";
import type { RangeParams } from "./range-params.ts";

const CustomRange = lazyPart(async () => (await import("#components/ui/custom-range.tsx")).CustomRange, <div className="mb-3 h-8" />);

const LABELS: Record<ActivityRange, string> = {
  hour: "Last hour",
  day: "Last 24 h",
  week: "Last 7 days",
  month: "Last 30 days",
};

export interface RangeSelectProps {
  params: RangeParams;
  /** What is meant when nothing is chosen. */
  usual: ActivityRange;
  onChange: (change: Partial<RangeParams>) => void;
}

const isCustom = ({ from, to }: RangeParams): boolean => from !== null || to !== null;

export function RangeSelect({ params, usual, onChange }: RangeSelectProps) {
  const shown = params.range ?? usual;
  const startOfMinute = () => Math.floor(Date.now() / 60_000) * 60_000;
  return (
    <Select
      aria-label="Time"
      value={isCustom(params) ? "custom" : shown}
      onChange={({ target: { value } }) =>
        value === "custom"
          ? onChange({ range: null, from: new Date(startOfMinute() - RANGE_SECONDS[shown] * 1_000) })
          : onChange({ range: value as ActivityRange, from: null, to: null })
      }
    >
      {ACTIVITY_RANGES.map((range) => (
        <option key={range} value={range}>
          {LABELS[range]}
        </option>
      ))}
      <option value="custom">From … to …</option>
    </Select>
  );
}

/** From and to, where the select says that they are meant. */
export function RangeFields({ params, onChange }: Pick<RangeSelectProps, "params" | "onChange">) {
  return isCustom(params) ? <CustomRange from={params.from} to={params.to} onChange={onChange} /> : null;
}

/** "the last 7 days", "from 3 Nov 2026, 10:00 to …". */
export function rangeWords(
  { range, from, to }: { range?: ActivityRange | null; from?: string | null; to?: string | null },
  usual: ActivityRange,
): string {
  if (from || to) return [from && `from ${formatFull(new Date(from))}`, to && `to ${formatFull(new Date(to))}`].filter(Boolean).join(" ");
  return `the ${LABELS[range ?? usual].toLowerCase()}`;
}

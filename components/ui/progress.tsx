import { clsx } from "clsx";

export interface ProgressProps {
  label: string;
  value: number;
  max: number;
  /** The part of `value` that failed; drawn red behind the rest. */
  failed?: number;
  className?: string;
}

/** Long work: a bar; put the count beside it. Drawn with attributes only, so a strict style policy can't break it. */
export function Progress({ label, value, max, failed = 0, className }: ProgressProps) {
  const share = (part: number) => `${max > 0 ? Math.min(100, (part / max) * 100) : 0}%`;
  return (
    <svg
      className={clsx("ui-progress", className)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
    >
      <rect data-failed width={share(value)} height="6" />
      <rect width={share(value - failed)} height="6" />
    </svg>
  );
}

import { clsx } from "clsx";

/** A grey bar in the shape of what is to come. Size it with utilities; say what loads once, beside the group. */
export function Skeleton({ className }: { className?: string }) {
  return <span className={clsx("ui-skeleton", className)} aria-hidden />;
}

/** Rows to come: tile, name, value. Seen after 150 ms; the height is reserved at once. */
export function SkeletonRows({ rows = 6, label }: { rows?: number; label: string }) {
  const widths = ["w-3/5", "w-2/5", "w-1/2"];
  return (
    <>
      <div className="ui-skeleton-late px-4" aria-hidden>
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have no other key.
          <div key={row} className="flex h-10 items-center gap-3">
            <Skeleton className="size-6 flex-none rounded-2" />
            <Skeleton className={widths[row % widths.length]} />
            <Skeleton className="ml-auto w-16 flex-none" />
          </div>
        ))}
      </div>
      <p className="sr-only" role="status">
        {label}
      </p>
    </>
  );
}

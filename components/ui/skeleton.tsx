import { clsx } from "clsx";

/** A grey bar in the shape of what is to come. Size it with utilities; say what loads once, beside the group. */
export function Skeleton({ className }: { className?: string }) {
  return <span className={clsx("ui-skeleton", className)} aria-hidden />;
}

const WIDTHS = ["w-3/5", "w-2/5", "w-1/2"];
const row = (_: unknown, at: number) =>
  `<div class="flex h-10 items-center gap-3"><span class="ui-skeleton size-6 flex-none rounded-2"></span><span class="ui-skeleton ${WIDTHS[at % WIDTHS.length]}"></span><span class="ui-skeleton ml-auto w-16 flex-none"></span></div>`;

/** Rows to come: tile, name, value. Seen after 150 ms; the height is reserved at once. One string: most pages outrun it. */
export function SkeletonRows({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <>
      <div
        className="ui-skeleton-late px-4"
        aria-hidden
        // biome-ignore lint/security/noDangerouslySetInnerHtml: nobody's text
        dangerouslySetInnerHTML={{ __html: Array.from({ length: rows }, row).join("") }}
      />
      <p className="sr-only" role="status">
        {label}
      </p>
    </>
  );
}

import { clsx } from "clsx";

/** One call on one line: method and path. `aligned` gives methods one width, for tables. */
export function HttpLine({ method, path, aligned, className }: { method: string; path: string; aligned?: boolean; className?: string }) {
  return (
    <span className={clsx("ui-http", className)}>
      <b className={aligned ? "w-10" : undefined}>{method}</b>
      <code className="cut" title={path}>
        {path}
      </code>
    </span>
  );
}

import { Lock } from "lucide-react";

/** A variable by its path, without braces: known, secret (lock) or unknown (wavy line; say the fix beside it). */
export function VariableChip({ path, kind = "known" }: { path: string; kind?: "known" | "secret" | "unknown" }) {
  return (
    <span className="ui-variable" data-unknown={kind === "unknown" || undefined}>
      {kind === "secret" && <Lock aria-hidden />}
      {path}
      {kind === "unknown" && <span className="sr-only"> (unknown)</span>}
    </span>
  );
}

import { Check, X } from "lucide-react";

export type JackState = "todo" | "now" | "done" | "error";

/** A socket of the patch bay. Decoration: the words beside it say the same. */
export function Jack({ state }: { state: JackState }) {
  return (
    <span className="ui-jack" data-state={state} aria-hidden>
      {state === "done" && <Check />}
      {state === "error" && <X />}
    </span>
  );
}

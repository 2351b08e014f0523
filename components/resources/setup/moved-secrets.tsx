"use client";

import { Note } from "#components/ui/note.tsx";
import { useSetup } from "./setup-context.ts";

/** Secrets that would go somewhere for the first time: an admin confirms that by sending the test, others can't send it. */
export function MovedSecrets() {
  const { movedSecrets, may } = useSetup();
  const [first, ...more] = movedSecrets;
  if (!first) return null;
  const all = [first, ...more].map(({ name, host, field }, index) => (
    <span key={`${name} ${host} ${field}`}>
      {index > 0 && "; "}
      <code>{name}</code> to <code>{host || "an address to come"}</code> in {field}
    </span>
  ));
  return (
    <Note
      tone="warning"
      title={may.publish ? "A secret goes somewhere for the first time." : "An admin must send this test, or choose Finish."}
    >
      {all}. No live resource sends {more.length === 0 ? "it" : "them"} so yet.{" "}
      {may.publish
        ? "Check host and field before you send: sending and Finish both confirm them."
        : "A secret stays where an admin sent it."}
    </Note>
  );
}

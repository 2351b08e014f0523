"use client";

import { Note } from "#components/ui/note.tsx";
import { useSetup } from "./setup-context.ts";

/** Secrets that would go to a host for the first time: an admin confirms that by sending the test, others can't send it. */
export function MovedSecrets() {
  const { movedSecrets, may } = useSetup();
  const [first, ...more] = movedSecrets;
  if (!first) return null;
  const all = [first, ...more].map(({ name, host }, index) => (
    <span key={`${name} ${host}`}>
      {index > 0 && ", "}
      <code>{name}</code> to <code>{host || "an address to come"}</code>
    </span>
  ));
  return (
    <Note
      tone="warning"
      title={may.publish ? "A secret goes to a host for the first time." : "An admin must send this test, or choose Finish."}
    >
      {all}. No live resource sends {more.length === 0 ? "it" : "them"} there yet.{" "}
      {may.publish
        ? "Check the host before you send: sending and Finish both confirm it."
        : "A secret stays with the hosts that an admin gave it to."}
    </Note>
  );
}

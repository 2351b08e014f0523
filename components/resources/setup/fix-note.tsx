"use client";

import { Plus } from "lucide-react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { newSecretPath } from "#lib/paths.ts";
import { listKnownVariables, type VariablePlace } from "#lib/resources/list-known-variables.ts";
import { findUnknownVariables } from "#lib/template/variables.ts";
import type { CurrentProblem } from "./current-problems.ts";
import { useSetup } from "./setup-context.ts";

export type FixNoteProps = {
  id: string;
  problem: CurrentProblem;
  place: VariablePlace;
  format: "text" | "json";
  value: string;
  set: (value: string) => void;
};

/** What is unknown in a template, and the one click that mends it. */
export function FixNote({ id, problem, place, format, value, set }: FixNoteProps) {
  const { draft, addInput, secretNames, may, projectId } = useSetup();
  const { fix, message } = problem;
  const [first, ...rest] = message.split(/(?<=[.?]) /);
  const rename = (name: string) => {
    const [unknown] = findUnknownVariables(value, listKnownVariables(draft, place, secretNames), format);
    if (unknown) set(value.slice(0, unknown.start) + name + value.slice(unknown.end));
  };
  return (
    <Note
      id={id}
      tone="danger"
      className="mt-2"
      title={first}
      action={
        fix?.kind === "add-input" ? (
          <Button size="small" onClick={() => addInput(fix.key)}>
            <Plus aria-hidden />
            Add Required Input <code>{fix.key}</code>
          </Button>
        ) : fix?.kind === "add-secret" ? (
          may.publish && (
            <ButtonLink size="small" href={newSecretPath(projectId, fix.name)}>
              <Plus aria-hidden />
              Add Secret <code>{fix.name}</code>
            </ButtonLink>
          )
        ) : (
          fix && (
            <Button size="small" onClick={() => rename(fix.name)}>
              Use <code>{fix.name}</code>
            </Button>
          )
        )
      }
    >
      {rest.join(" ")}
    </Note>
  );
}

"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { newSecretPath } from "#lib/paths.ts";
import { listKnownVariables, type VariablePlace } from "#lib/resources/list-known-variables.ts";
import { findUnknownVariables } from "#lib/template/variables.ts";
import type { CurrentProblem } from "./current-problems.ts";
import { useDraftField, useEarlyTyping } from "./draft-field.ts";
import { useSetup } from "./setup-context.ts";

export interface DraftTemplateProps
  extends Pick<FieldProps, "mark" | "hint" | "hideLabel" | "className">,
    Pick<TemplateInputProps, "format" | "rows" | "prefix" | "placeholder"> {
  path: string;
  label: string;
  place: VariablePlace;
}

/** A template of the draft: variables of its place, and one click that fixes an unknown one. */
export function DraftTemplate({ path, label, mark, hint, hideLabel, className, place, ...input }: DraftTemplateProps) {
  const { draft, sampleOf, secretNames } = useSetup();
  const { id, value, set, leave, problem, error } = useDraftField(path);
  useEarlyTyping(id, value, set);
  const [focused, setFocused] = useState(false);
  // A name that is still being typed is no mistake.
  const isTyping = focused && /\{\{\s*[\w.-]*$/.test(value ?? "");
  const fixable = problem?.fix && !isTyping ? problem : undefined;
  const said = isTyping ? undefined : error;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears of the focus of what is inside.
    <div className={className} onFocus={() => setFocused(true)} onBlur={() => setFocused(false)}>
      <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} error={fixable ? undefined : said}>
        <TemplateInput
          {...input}
          label={label}
          value={value ?? ""}
          onChange={set}
          onBlur={leave}
          known={listKnownVariables(draft, place, secretNames)}
          sampleOf={sampleOf}
          menuNote="Values of the test user"
          invalid={Boolean(said)}
          describedBy={fixable ? `${id}-fix` : undefined}
        />
      </Field>
      {fixable && <FixNote id={`${id}-fix`} problem={fixable} place={place} format={input.format ?? "text"} value={value} set={set} />}
    </div>
  );
}

type FixNoteProps = {
  id: string;
  problem: CurrentProblem;
  place: VariablePlace;
  format: "text" | "json";
  value: string;
  set: (value: string) => void;
};

function FixNote({ id, problem, place, format, value, set }: FixNoteProps) {
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

"use client";

import { useState } from "react";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { listKnownVariables, type VariablePlace } from "#lib/resources/list-known-variables.ts";
import { useDraftField } from "./draft-field.ts";
import { useSetup } from "./setup-context.ts";

const FixNote = lazyPart(async () => (await import("./fix-note.tsx")).FixNote);

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

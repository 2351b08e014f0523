"use client";

import { Plus } from "lucide-react";
import { type ReactNode, useEffectEvent, useLayoutEffect, useState } from "react";
import { type FieldPath, useController } from "react-hook-form";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { Note } from "#components/ui/note.tsx";
import { Select, type SelectProps } from "#components/ui/select.tsx";
import { newSecretPath } from "#lib/paths.ts";
import { listKnownVariables, type VariablePlace } from "#lib/resources/list-known-variables.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { findUnknownVariables } from "#lib/template/variables.ts";
import type { CurrentProblem } from "./current-problems.ts";
import { fieldId, useSetup } from "./setup-context.ts";

export type DraftPath = FieldPath<ResourceDraft>;

/** One field of the draft by its dotted path: its value, and what is wrong with it. */
export function useDraftField<Value = string>(path: string) {
  const { control, problemAt } = useSetup();
  const { field, fieldState } = useController({ control, name: path as DraftPath });
  const problem = problemAt(path);
  return {
    id: fieldId(path),
    value: field.value as Value,
    set: field.onChange as (value: Value) => void,
    leave: field.onBlur,
    problem,
    error: fieldState.error?.message ?? problem?.message,
  };
}

/** What was typed into the server's page before React took it over: kept, where React would put the old text back. */
function useEarlyTyping(id: string, value: string | undefined, set: (value: string) => void): void {
  const take = useEffectEvent(() => {
    const control = document.getElementById(id);
    const isText = control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement;
    if (isText && control.value !== (value ?? "")) set(control.value);
  });
  useLayoutEffect(() => take(), []);
}

type Labels = Pick<FieldProps, "label" | "mark" | "hint" | "hideLabel" | "className">;

export interface DraftTextProps extends Labels, Omit<InputProps, "value" | "onChange" | "onBlur" | "className" | "id"> {
  path: string;
}

export function DraftText({ path, label, mark, hint, hideLabel, className, ...input }: DraftTextProps) {
  const { id, value, set, leave, error } = useDraftField(path);
  useEarlyTyping(id, value, set);
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Input
        autoComplete="off"
        spellCheck={input.mono ? false : undefined}
        {...input}
        value={value ?? ""}
        onChange={(event) => set(event.target.value)}
        onBlur={leave}
      />
    </Field>
  );
}

export function DraftSelect({
  path,
  label,
  hideLabel,
  className,
  children,
  ...select
}: { path: string; children: ReactNode } & Labels & Omit<SelectProps, "className">) {
  const { id, value, set, leave, error } = useDraftField(path);
  return (
    <Field id={id} label={label} hideLabel={hideLabel} className={className} error={error}>
      <Select full {...select} value={value ?? ""} onChange={(event) => set(event.target.value)} onBlur={leave}>
        {children}
      </Select>
    </Field>
  );
}

/** A number kept as a whole; empty where the draft allows it. `scale`: kept units in one shown unit. */
export function DraftNumber({
  path,
  label,
  mark,
  hint,
  unit,
  scale = 1,
  ...range
}: { path: string; unit: string; scale?: number; min: number; max: number } & Labels) {
  const { id, value, set, leave, error } = useDraftField<number | undefined>(path);
  const change = (text: string) => {
    const number = Math.round(Number(text) * scale);
    set(text.trim() === "" || !Number.isFinite(number) ? undefined : number);
  };
  return (
    <Field id={id} label={label} mark={mark} hint={hint} error={error}>
      <Input
        type="number"
        inputMode="numeric"
        {...range}
        value={value === undefined || Number.isNaN(value) ? "" : value / scale}
        onChange={(event) => change(event.target.value)}
        onBlur={leave}
        suffix={unit}
      />
    </Field>
  );
}

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

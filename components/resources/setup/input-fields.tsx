"use client";

import { Check, X } from "lucide-react";
import { useId } from "react";
import { useWatch } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Status } from "#components/ui/status.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { useDraftField } from "./draft-field.ts";
import { DraftText } from "./fields.tsx";
import { RowFoot } from "./row-foot.tsx";
import { useSetup } from "./setup-context.ts";

type Accepts = ResourceDraft["inputs"][number]["accepts"];

/** The open row of the Required Inputs. */
export function InputFields({ index, onRemove, onDone }: { index: number; onRemove: () => void; onDone: () => void }) {
  const path = (field: string) => `inputs.${index}.${field}`;
  return (
    <>
      <DraftText path={path("key")} label="Key" mono placeholder="tenant" />
      <DraftText path={path("title")} label="Title" placeholder="Tenant" />
      <DraftText path={path("placeholder")} label="Placeholder" placeholder="An example" />
      <DraftText path={path("subtitle")} label="Subtitle" placeholder="Where users find it" />
      <DraftText path={path("prefix")} label="Prefix" placeholder="None" />
      <DraftText path={path("suffix")} label="Suffix" placeholder="None" />
      <AcceptsField index={index} />
      <RowFoot secretPath={path("secret")} secretText="masked and sealed; never allowed in a host" onRemove={onRemove} onDone={onDone} />
    </>
  );
}

const KINDS = [
  { value: "text", label: "Any text" },
  { value: "pattern", label: "Pattern" },
  { value: "choices", label: "Choices" },
] as const;

function AcceptsField({ index }: { index: number }) {
  const { draft, form, control } = useSetup();
  const id = useId();
  const chosen = useWatch({ control, name: `inputs.${index}.accepts.kind` });
  const choose = (kind: Accepts["kind"]) => {
    if (kind === chosen) return;
    form.setValue(
      `inputs.${index}.accepts`,
      kind === "pattern" ? { kind, pattern: "" } : kind === "choices" ? { kind, choices: [] } : { kind },
      { shouldDirty: true },
    );
  };
  return (
    <div className="setup-row-wide">
      <span className="ui-label mb-1.5" aria-hidden>
        Accepts
      </span>
      <div className="flex flex-wrap items-start gap-2">
        <Segmented id={id} label="Accepts" items={KINDS} value={chosen} onChange={choose} />
        <div {...tabPanelProps(id, chosen)} role="tabpanel" aria-labelledby={undefined} aria-label="What fits" className="contents">
          {chosen === "pattern" && <PatternField index={index} placeholder={draft.inputs[index]?.placeholder ?? ""} />}
          {chosen === "choices" && <ChoicesField index={index} />}
        </div>
      </div>
    </div>
  );
}

function PatternField({ index, placeholder }: { index: number; placeholder: string }) {
  const { id, value, set, error } = useDraftField(`inputs.${index}.accepts.pattern`);
  return (
    <>
      <Field id={id} label="Pattern" hideLabel error={error} className="min-w-45 flex-1">
        <Input
          mono
          prefix="^"
          suffix="$"
          placeholder="[a-z0-9-]{2,40}"
          value={value ?? ""}
          onChange={(event) => set(event.target.value)}
          spellCheck={false}
        />
      </Field>
      <PatternTrial pattern={value ?? ""} text={placeholder} />
    </>
  );
}

/** The pattern on the placeholder. The browser's own engine stands in for RE2; publishing checks with the real one. */
export function PatternTrial({ pattern, text }: { pattern: string; text: string }) {
  if (!pattern || !text) return null;
  const fits = tryPattern(pattern, text);
  if (fits === null) return null;
  return (
    <Status
      tone={fits ? "success" : "danger"}
      className="min-h-8 text-12"
      icon={fits ? <Check aria-hidden /> : <X aria-hidden />}
      role="status"
    >
      <span>
        <code>{text}</code> {fits ? "fits" : "doesn’t fit"}
      </span>
    </Status>
  );
}

function tryPattern(pattern: string, text: string): boolean | null {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return null;
  }
}

function ChoicesField({ index }: { index: number }) {
  const { id, value: choices = [], set, error } = useDraftField<string[] | undefined>(`inputs.${index}.accepts.choices`);
  const change = (text: string) => set(text.split("\n").map((line) => line.trimStart()));
  const tidy = () => {
    set(choices.map((choice) => choice.trim()).filter((choice, at, all) => choice !== "" && all.indexOf(choice) === at));
  };
  return (
    <Field
      id={id}
      label="Choices"
      hideLabel
      hint="One a line. Users choose from these and nothing else."
      error={error}
      className="min-w-45 flex-1"
    >
      <Textarea mono rows={3} value={choices.join("\n")} onChange={(event) => change(event.target.value)} onBlur={tidy} />
    </Field>
  );
}

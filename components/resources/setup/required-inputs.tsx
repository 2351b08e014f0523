"use client";

import { Check, Plus, X } from "lucide-react";
import { useId } from "react";
import { useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Status } from "#components/ui/status.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { listFieldsUsing } from "#lib/resources/list-template-fields.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { EditableRows } from "./editable-rows.tsx";
import { DraftText, useDraftField } from "./fields.tsx";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { useRowEditor } from "./use-row-editor.ts";

const holdsClientSecret = ({ oauth: { clientSecret } }: ResourceDraft, key: string): boolean =>
  clientSecret?.kind === "input" && clientSecret.key === key;

type Asked = ResourceDraft["inputs"][number];
type Accepts = Asked["accepts"];

const EMPTY: Asked = {
  key: "",
  title: "",
  subtitle: "",
  placeholder: "",
  prefix: "",
  suffix: "",
  accepts: { kind: "text" },
  secret: false,
};

/** What each user is asked for beside their tokens or keys. */
export function RequiredInputs({ text = "Asked of each user beside their tokens." }: { text?: string }) {
  const { draft } = useSetup();
  const titleId = useId();
  const { list, open, setOpen, openAt, remove, problemsIn } = useRowEditor("inputs");
  const add = () => {
    list.append(EMPTY, { shouldFocus: false });
    openAt(list.fields.length, "key");
  };
  const rows = list.fields.map(({ id }, index) => {
    const input = draft.inputs[index] ?? EMPTY;
    const uses = input.key ? listFieldsUsing(draft, `inputs.${input.key}`).length + (holdsClientSecret(draft, input.key) ? 1 : 0) : 0;
    return {
      id,
      name: input.key,
      problems: problemsIn(index),
      summary: <InputSummary input={input} />,
      note: uses > 0 ? `Used in ${count(uses, "field")}` : "Not used yet",
    };
  });

  return (
    <section aria-labelledby={titleId}>
      <div className="mb-3 flex items-end gap-2">
        <div>
          <h3 id={titleId}>Required Inputs</h3>
          <p className="ui-hint">
            {text} Use one anywhere as <code>inputs.key</code>.
          </p>
        </div>
        <Button variant="ghost" size="small" className="ml-auto" onClick={add}>
          <Plus aria-hidden />
          Add Required Input
        </Button>
      </div>
      {rows.length > 0 && (
        <EditableRows rows={rows} open={open} onOpen={setOpen} onMove={list.move}>
          {(index) => <InputFields index={index} onRemove={() => remove(index)} onDone={() => setOpen(null)} />}
        </EditableRows>
      )}
    </section>
  );
}

function InputSummary({ input: { title, accepts, secret } }: { input: Asked }) {
  return (
    <>
      {title || <span className="text-3">No title</span>}
      <span className="text-3">
        {accepts.kind === "pattern" && (
          <>
            {" "}
            · fits <code>{accepts.pattern}</code>
          </>
        )}
        {accepts.kind === "choices" && ` · ${count(accepts.choices.length, "choice")}`}
        {secret && " · secret"}
      </span>
    </>
  );
}

function InputFields({ index, onRemove, onDone }: { index: number; onRemove: () => void; onDone: () => void }) {
  const path = (field: string) => `inputs.${index}.${field}`;
  const secret = useDraftField<boolean>(path("secret"));
  return (
    <>
      <DraftText path={path("key")} label="Key" mono placeholder="tenant" />
      <DraftText path={path("title")} label="Title" placeholder="Tenant" />
      <DraftText path={path("placeholder")} label="Placeholder" placeholder="An example" />
      <DraftText path={path("subtitle")} label="Subtitle" placeholder="Where users find it" />
      <DraftText path={path("prefix")} label="Prefix" placeholder="None" />
      <DraftText path={path("suffix")} label="Suffix" placeholder="None" />
      <AcceptsField index={index} />
      <div className="setup-row-foot">
        <Switch checked={secret.value} onCheckedChange={secret.set} label="Secret" />
        <span>
          <b>Secret</b> <span className="text-3">· masked and sealed; never allowed in a host</span>
        </span>
        <span className="ml-auto flex gap-2">
          <Button variant="ghost" size="small" onClick={onRemove}>
            Remove
          </Button>
          <Button size="small" onClick={onDone}>
            Done
          </Button>
        </span>
      </div>
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
      {
        shouldDirty: true,
      },
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
  const { id, value, set, leave, error } = useDraftField(`inputs.${index}.accepts.pattern`);
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
          onBlur={leave}
          autoComplete="off"
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
  const { id, value: choices = [], set, leave, error } = useDraftField<string[] | undefined>(`inputs.${index}.accepts.choices`);
  const change = (text: string) => set(text.split("\n").map((line) => line.trimStart()));
  const tidy = () => {
    set(choices.map((choice) => choice.trim()).filter((choice, at, all) => choice !== "" && all.indexOf(choice) === at));
    leave();
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

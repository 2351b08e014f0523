"use client";

import { Plus } from "lucide-react";
import { lazy, useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { listFieldsUsing } from "#lib/resources/list-template-fields.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { EditableRows } from "./editable-rows.tsx";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { useRowEditor } from "./use-row-editor.ts";

const loadFields = () => import("./input-fields.tsx");
const InputFields = lazy(async () => ({ default: (await loadFields()).InputFields }));

const holdsClientSecret = ({ oauth: { clientSecret } }: ResourceDraft, key: string): boolean =>
  clientSecret?.kind === "input" && clientSecret.key === key;

type Asked = ResourceDraft["inputs"][number];

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
  const { list, open, setOpen, openAt, remove, problemsIn } = useRowEditor("inputs", loadFields);
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

"use client";

import { Plus } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { listFieldsUsing } from "#lib/resources/list-template-fields.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { EditableRows } from "./editable-rows.tsx";
import { DraftText, useDraftField } from "./fields.tsx";
import { PatternTrial } from "./required-inputs.tsx";
import { fieldId, useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { useRowEditor } from "./use-row-editor.ts";

type ApiKey = ResourceDraft["apiKeys"][number];

const keyNamed = (name: string, label = "", secret = true): ApiKey => ({ name, label, help: "", placeholder: "", secret, pattern: "" });

const STARTS: readonly { label: string; names: string; keys: ApiKey[] }[] = [
  { label: "One key", names: "api_key", keys: [keyNamed("api_key", "API key")] },
  { label: "A login", names: "username, password", keys: [keyNamed("username", "Username", false), keyNamed("password", "Password")] },
];

/** The named values that each user supplies, or the app once. */
export function ApiKeys() {
  const { draft, problemAt } = useSetup();
  const { list, open, setOpen, openAt, remove, problemsIn } = useRowEditor("apiKeys");
  const problem = problemAt("apiKeys");
  const add = () => {
    list.append(keyNamed(""), { shouldFocus: false });
    openAt(list.fields.length, "name");
  };
  const rows = list.fields.map(({ id }, index) => {
    const key = draft.apiKeys[index] ?? keyNamed("");
    const facts = [key.label, key.secret ? "secret" : "shown"].filter(Boolean).join(" · ");
    const uses = key.name ? listFieldsUsing(draft, `credentials.${key.name}`).length : 0;
    return {
      id,
      name: key.name,
      problems: problemsIn(index),
      summary: <span className="text-2">{facts}</span>,
      note: uses > 0 ? `Used in ${count(uses, "field")}` : "Not used yet",
    };
  });

  return (
    <section aria-labelledby="api-keys-title" id={fieldId("apiKeys")}>
      <div className="mb-3 flex items-end gap-2">
        <div>
          <h2 id="api-keys-title">API Keys</h2>
          <p className="text-2">
            The values by name. Use one anywhere as <code>credentials.name</code>.
          </p>
        </div>
        <Button variant="ghost" size="small" className="ml-auto" onClick={add}>
          <Plus aria-hidden />
          Add API Key
        </Button>
      </div>
      {rows.length === 0 ? (
        <div className="ui-card flex flex-wrap items-center gap-2 p-4">
          <span className="mr-1 text-2">Start with</span>
          {STARTS.map(({ label, names, keys }) => (
            <Button key={label} size="small" onClick={() => list.append(keys, { shouldFocus: false })} title={label}>
              <Plus aria-hidden />
              <code>{names}</code>
            </Button>
          ))}
        </div>
      ) : (
        <EditableRows rows={rows} open={open} onOpen={setOpen} onMove={list.move}>
          {(index) => <KeyFields index={index} onRemove={() => remove(index)} onDone={() => setOpen(null)} />}
        </EditableRows>
      )}
      {problem && (
        <Note tone="danger" className="mt-3">
          {problem.message}
        </Note>
      )}
    </section>
  );
}

function KeyFields({ index, onRemove, onDone }: { index: number; onRemove: () => void; onDone: () => void }) {
  const path = (field: string) => `apiKeys.${index}.${field}`;
  const secret = useDraftField<boolean>(path("secret"));
  const pattern = useDraftField(path("pattern"));
  const placeholder = useDraftField(path("placeholder"));
  return (
    <>
      <DraftText path={path("name")} label="Name" mono placeholder="api_key" />
      <DraftText path={path("label")} label="Label" placeholder="API key" />
      <DraftText path={path("placeholder")} label="Placeholder" placeholder="An example" />
      <DraftText path={path("help")} label="Help text" placeholder="Where users find it" className="setup-row-two" />
      <DraftText path={path("pattern")} label="Pattern" mark="optional" mono placeholder="Any text" />
      <div className="setup-row-wide empty:hidden">
        <PatternTrial pattern={pattern.value ?? ""} text={placeholder.value ?? ""} />
      </div>
      <div className="setup-row-foot">
        <Switch checked={secret.value} onCheckedChange={secret.set} label="Secret" />
        <span>
          <b>Secret</b> <span className="text-3">· masked wherever it is shown</span>
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

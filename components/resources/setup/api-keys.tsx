"use client";

import { Plus } from "lucide-react";
import { lazy } from "react";
import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { listFieldsUsing } from "#lib/resources/list-template-fields.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { EditableRows } from "./editable-rows.tsx";
import { fieldId, useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { useRowEditor } from "./use-row-editor.ts";

const loadFields = () => import("./key-fields.tsx");
const KeyFields = lazy(async () => ({ default: (await loadFields()).KeyFields }));

type ApiKey = ResourceDraft["apiKeys"][number];

const keyNamed = (name: string, label = "", secret = true): ApiKey => ({ name, label, help: "", placeholder: "", secret, pattern: "" });

const STARTS: readonly { label: string; names: string; keys: ApiKey[] }[] = [
  { label: "One key", names: "api_key", keys: [keyNamed("api_key", "API key")] },
  { label: "A login", names: "username, password", keys: [keyNamed("username", "Username", false), keyNamed("password", "Password")] },
];

/** The named values that each user supplies, or the app once. */
export function ApiKeys() {
  const { draft, problemAt } = useSetup();
  const { list, open, setOpen, openAt, remove, problemsIn } = useRowEditor("apiKeys", loadFields);
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

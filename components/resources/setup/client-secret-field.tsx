"use client";

import { Field } from "#components/ui/field.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretField } from "#components/ui/secret-field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ClientSecret } from "#lib/resources/schema.ts";
import { useDraftField } from "./draft-field.ts";
import { useSetup } from "./setup-context.ts";

/** Sealed and write-only; at user level it may come from each user's own secret Required Input instead. */
export function ClientSecretField() {
  const { draft, form, clientSecret, save } = useSetup();
  const { id, value, error } = useDraftField<ClientSecret | undefined>("oauth.clientSecret");
  const secretInputs = draft.level === "app" ? [] : draft.inputs.filter((input) => input.secret && input.key);
  const fromInput = value?.kind === "input";
  const { typed, type, kept } = clientSecret;

  const choose = (source: string) => {
    const next: ClientSecret | undefined = source === "" ? undefined : { kind: "input", key: source };
    form.setValue("oauth.clientSecret", next, { shouldDirty: true });
  };
  const stored = value?.kind === "sealed" && kept ? kept : null;

  return (
    <div className="min-w-0">
      {fromInput ? (
        <Field id={id} label="Client Secret" error={error} hint="Each user’s own, from a Required Input.">
          <Select full value={value.key} onChange={(event) => choose(event.target.value)}>
            {!secretInputs.some(({ key }) => key === value.key) && <option value={value.key}>inputs.{value.key}</option>}
            {secretInputs.map(({ key }) => (
              <option key={key} value={key}>
                inputs.{key}
              </option>
            ))}
          </Select>
        </Field>
      ) : (
        <SecretField
          id={id}
          label="Client Secret"
          error={typed ? undefined : error}
          hint="Sealed when you go on. It is never shown again."
          stored={
            stored && {
              lastFour: stored.lastFour,
              setBy: (
                <>
                  Set{stored.setBy && ` by ${stored.setBy}`} · <RelativeTime date={stored.setAt} />
                </>
              ),
            }
          }
          value={typed}
          onChange={(event) => type(event.target.value)}
          onSave={typed ? () => void save() : undefined}
          onKeep={() => type("")}
        />
      )}
      {(secretInputs.length > 0 || fromInput) && (
        <label className="mt-2 flex items-center gap-2 text-12 text-2">
          <input
            type="checkbox"
            className="ui-checkbox"
            checked={fromInput}
            onChange={(event) => choose(event.target.checked ? (secretInputs[0]?.key ?? "") : "")}
          />
          From a Required Input
        </label>
      )}
    </div>
  );
}

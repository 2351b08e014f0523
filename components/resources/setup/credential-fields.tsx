"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SecretField } from "#components/ui/secret-field.tsx";
import { Select } from "#components/ui/select.tsx";
import { useSetup } from "./setup-context.ts";
import { fieldsOf, testFieldId } from "./supplied-fields.ts";

/** The values of the test user, or of the app: plain ones as text, secret ones write-only. */
export function CredentialFields() {
  const { draft, testValues } = useSetup();
  const { typed, type, kept } = testValues;
  return fieldsOf(draft).map(({ key, label, secret, example }) => {
    const id = testFieldId(key);
    const input = draft.level === "user" ? draft.inputs.find((each) => each.key === key) : undefined;
    const hint = input?.subtitle || undefined;
    const placeholder = example === "..." ? undefined : example;
    // Kept as a secret, it stays unseen though the draft says otherwise now.
    if (secret || (kept[key] && kept[key].value === undefined)) {
      return (
        <SecretField
          key={key}
          id={id}
          label={label}
          stored={kept[key] ? { lastFour: kept[key].hint } : null}
          value={typed[key] ?? ""}
          placeholder={placeholder}
          onChange={(event) => type(key, event.target.value || undefined)}
          onKeep={() => type(key, undefined)}
        />
      );
    }
    const value = typed[key] ?? kept[key]?.value ?? "";
    return (
      <Field key={key} id={id} label={label} hint={hint}>
        {input?.accepts.kind === "choices" ? (
          <Select full value={value} onChange={(event) => type(key, event.target.value)}>
            <option value="">Choose</option>
            {input.accepts.choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </Select>
        ) : (
          <Input
            spellCheck={false}
            prefix={input?.prefix || undefined}
            suffix={input?.suffix || undefined}
            placeholder={placeholder}
            value={value}
            onChange={(event) => type(key, event.target.value)}
          />
        )}
      </Field>
    );
  });
}

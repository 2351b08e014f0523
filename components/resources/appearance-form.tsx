"use client";

import { useForm, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormFailure } from "#components/ui/form-failure.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useActionForm } from "#components/ui/use-action-form.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { RESOURCE_COLOURS, RESOURCE_ICONS, ResourceTile } from "./resource-tile.tsx";

export interface AppearanceFormProps {
  projectId: string;
  resourceId: string;
  appearance: ResourceDraft["appearance"];
  save: (values: { projectId: string; resourceId: string } & ResourceDraft["appearance"]) => Promise<ActionResult<void>>;
}

const resolver = lazyResolver(async () => (await import("#lib/resources/schema.ts")).Appearance);

/** What people recognise it by. Shown at once, as it changes nothing for calls. */
export function AppearanceForm({ projectId, resourceId, appearance, save }: AppearanceFormProps) {
  const form = useForm({ resolver, values: appearance });
  const chosen = useWatch({ control: form.control });
  const { submit, failure, busy } = useActionForm(
    form,
    (values) => save({ projectId, resourceId, ...values }),
    () => toast.success({ title: "Appearance saved" }),
  );
  const { errors } = form.formState;
  return (
    <Card title="Appearance">
      <form onSubmit={submit} noValidate>
        <FormFailure failure={failure} />
        <div className="flex items-end gap-3">
          <span className="flex h-8 items-center">
            <ResourceTile appearance={{ icon: chosen.icon ?? "plug", colour: Number(chosen.colour ?? 0) }} size="large" />
          </span>
          <Field label="Icon" className="flex-1">
            <Select full {...form.register("icon")}>
              {Object.entries(RESOURCE_ICONS).map(([name, { label }]) => (
                <option key={name} value={name}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Colour" className="flex-1">
            <Select full {...form.register("colour", { valueAsNumber: true })}>
              {RESOURCE_COLOURS.map((label, colour) => (
                <option key={label} value={colour}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Field
          label="Description"
          mark="Optional"
          className="mt-3"
          error={errors.description?.message}
          hint="One line for colleagues: what it is for, who owns it."
        >
          <Textarea rows={2} maxLength={500} {...form.register("description")} />
        </Field>
        <Button type="submit" className="mt-3" busy={busy} busyLabel="Saving…">
          Save
        </Button>
      </form>
    </Card>
  );
}

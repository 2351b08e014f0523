"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { useNavigation } from "#components/ui/navigation.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { triggerStepPath } from "#lib/paths.ts";

export type CreateTrigger = (values: { projectId: string; resourceId: string; name: string }) => Promise<ActionResult<{ id: string }>>;

const resolver = lazyResolver(async () => (await import("#lib/triggers/schema.ts")).NamedTrigger);

export interface CreateTriggerDialogProps {
  projectId: string;
  resource: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  create: CreateTrigger;
}

/** Names a trigger; its URL exists from then on, and its wizard takes over. */
export function CreateTriggerDialog({ projectId, resource, open, onOpenChange, create }: CreateTriggerDialogProps) {
  const { navigate } = useNavigation();
  const form = useForm({ resolver, defaultValues: { name: "" } });
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title="Create Trigger"
      text={`It stands under “${resource.name} Triggers” in the workflow editor once it is set up.`}
      send={(values) => create({ projectId, resourceId: resource.id, ...values })}
      onDone={({ id }) => navigate(triggerStepPath(projectId, id, "basics"))}
      action="Create Trigger"
      busyAction="Creating…"
    >
      <Field label="Name" error={form.formState.errors.name?.message} hint="What happened at the API, such as “Task completed”.">
        <Input placeholder="Task completed" maxLength={64} {...form.register("name")} />
      </Field>
    </FormDialog>
  );
}

"use client";

import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormFailure } from "#components/ui/form-failure.tsx";
import { Input } from "#components/ui/input.tsx";
import { IdRow } from "#components/ui/key-values.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { toast } from "#components/ui/toast.tsx";
import { useActionForm } from "#components/ui/use-action-form.ts";
import type { ActionResult } from "#lib/errors.ts";

export interface ProjectDetailsProps {
  project: { id: string; name: string };
  /** Left out for those who may not. */
  rename?: (values: { projectId: string; name: string }) => Promise<ActionResult<null>>;
}

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).RenamedProject);

export function ProjectDetails({ project, rename }: ProjectDetailsProps) {
  return (
    <Card title="Project">
      {rename ? <RenameForm project={project} rename={rename} /> : <p className="font-medium">{project.name}</p>}
      <div className="mt-3 max-w-120">
        <IdRow name="Project ID" value={project.id} />
      </div>
    </Card>
  );
}

function RenameForm({ project, rename }: Required<ProjectDetailsProps>) {
  const form = useForm({ resolver, defaultValues: { name: project.name } });
  const send = (values: { name: string }) => rename({ projectId: project.id, ...values });
  const { submit, failure, busy } = useActionForm(form, send, () => toast.success({ title: "Name saved" }));
  return (
    <form onSubmit={submit} noValidate className="grid max-w-120 gap-4">
      <FormFailure failure={failure} />
      <Field label="Name" error={form.formState.errors.name?.message}>
        <Input {...form.register("name")} />
      </Field>
      <Button type="submit" className="justify-self-start" busy={busy} busyLabel="Saving…">
        Save
      </Button>
    </form>
  );
}

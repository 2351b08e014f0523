"use client";

import { useForm, useWatch } from "react-hook-form";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { type CheckName, NameField } from "./name-field.tsx";

export type RenameResource = (values: { projectId: string; resourceId: string; name: string }) => Promise<ActionResult<void>>;

const resolver = lazyResolver(async () => (await import("#lib/resources/schema.ts")).NamedResource);

export interface RenameResourceDialogProps {
  projectId: string;
  resource: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  rename: RenameResource;
  checkName: CheckName;
}

export function RenameResourceDialog({ projectId, resource, open, onOpenChange, rename, checkName }: RenameResourceDialogProps) {
  const form = useForm({ resolver, values: { name: resource.name } });
  const name = useWatch({ control: form.control, name: "name" });
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title={`Rename ${resource.name}`}
      text={
        <>
          Takes effect at once. Code that says <code>{JSON.stringify(resource.name)}</code> goes on working: the old name stays as an alias
          until you remove it on the Setup tab.
        </>
      }
      send={(values) => rename({ projectId, resourceId: resource.id, ...values })}
      onDone={() => {
        onOpenChange(false);
        toast.success({ title: "Renamed", text: `“${resource.name}” stays as an alias.` });
      }}
      action="Rename"
      busyAction="Renaming…"
    >
      <div>
        <NameField
          projectId={projectId}
          resourceId={resource.id}
          name={name}
          present={resource.name}
          error={form.formState.errors.name?.message}
          register={form.register("name")}
          checkName={checkName}
        />
      </div>
    </FormDialog>
  );
}

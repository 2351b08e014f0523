"use client";

import { ArrowUpRight, Zap } from "lucide-react";
import { useForm, useWatch } from "react-hook-form";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { useNavigation } from "#components/ui/navigation.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { setupStepPath } from "#lib/paths.ts";
import { type CheckName, NameField } from "./name-field.tsx";

export type CreateResource = (values: { projectId: string; name: string }) => Promise<ActionResult<{ id: string }>>;

const resolver = lazyResolver(async () => (await import("#lib/resources/schema.ts")).NamedResource);

export interface CreateResourceDialogProps {
  projectId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  create: CreateResource;
  checkName: CheckName;
}

/** Names a resource; the draft then has its id, and the wizard takes over. */
export function CreateResourceDialog({ projectId, open, onOpenChange, create, checkName }: CreateResourceDialogProps) {
  const { navigate } = useNavigation();
  const form = useForm({ resolver, defaultValues: { name: "" }, mode: "onSubmit" });
  const name = useWatch({ control: form.control, name: "name" });
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title="Create Resource"
      size="medium"
      send={(values) => create({ projectId, ...values })}
      onDone={({ id }) => navigate(setupStepPath(projectId, id, "api-info"))}
      action="Create Resource"
      busyAction="Creating…"
    >
      <div>
        <NameField
          projectId={projectId}
          name={name}
          error={form.formState.errors.name?.message}
          register={form.register("name")}
          checkName={checkName}
        />
        <WhatTheNameLabels name={name.trim() || "TaskLab"} />
        <p className="ui-hint mt-1.5">Rename it whenever you like: the old name goes on working as an alias.</p>
      </div>
    </FormDialog>
  );
}

function WhatTheNameLabels({ name }: { name: string }) {
  return (
    <div className="mt-3 rounded-2 bg-sunken px-3 py-2.5">
      <dl className="ui-dl items-center" data-size="small">
        <dt>In workflows</dt>
        <dd className="flex min-w-0 flex-wrap gap-1.5">
          <Tag className="h-6! max-w-full bg-raised">
            <ArrowUpRight aria-hidden />
            <span className="cut">{name} Request</span>
          </Tag>
          <Tag className="h-6! max-w-full bg-raised">
            <Zap aria-hidden />
            <span className="cut">{name} Triggers</span>
          </Tag>
        </dd>
        <dt>In your code</dt>
        <dd className="cut">
          <code>
            connectAction(<span className="tok-string">{JSON.stringify(name)}</span>, {"{ … }"})
          </code>
        </dd>
      </dl>
    </div>
  );
}

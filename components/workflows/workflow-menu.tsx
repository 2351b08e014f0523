"use client";

import { Copy, ExternalLink, TextCursorInput, Trash2 } from "lucide-react";
import { useState } from "react";
import { MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { workflowPath, workflowsPath } from "#lib/paths.ts";
import type { DeleteWorkflow, UndeleteWorkflow } from "./delete-workflow-dialog.tsx";

const DeleteWorkflowDialog = lazyDialog(async () => (await import("./delete-workflow-dialog.tsx")).DeleteWorkflowDialog);
const RenameDialog = lazyDialog(async () => (await import("./workflow-name-dialog.tsx")).WorkflowNameDialog<void>);

export interface WorkflowActions {
  rename: (values: { projectId: string; workflowId: string; name: string }) => Promise<ActionResult<void>>;
  duplicate: (values: { projectId: string; workflowId: string }) => Promise<ActionResult<{ id: string }>>;
  remove: DeleteWorkflow;
  undelete: UndeleteWorkflow;
}

export interface MenuWorkflow {
  id: string;
  name: string;
  isLive: boolean;
}

type Dialog = "rename" | "delete";

/** Which dialog is open, and for which workflow; kept as it closes, so that it closes as it was. */
export function useWorkflowDialogs() {
  const [last, setLast] = useState<{ dialog: Dialog; workflow: MenuWorkflow } | null>(null);
  const [opened, setOpened] = useState<Dialog | null>(null);
  return {
    last,
    opened,
    /** After the menu has given focus back to its button, so that the dialog gives it back there too. */
    open: (dialog: Dialog, workflow: MenuWorkflow) =>
      setTimeout(() => {
        setLast({ dialog, workflow });
        setOpened(dialog);
      }),
    close: () => setOpened(null),
  };
}
type Dialogs = ReturnType<typeof useWorkflowDialogs>;

export interface WorkflowMenuProps {
  projectId: string;
  workflow: MenuWorkflow;
  may: { edit: boolean; delete: boolean };
  actions: WorkflowActions;
  /** In the list; else in its own editor. */
  listed: boolean;
  open: Dialogs["open"];
}

export function WorkflowMenuItems({ projectId, workflow, may, actions, listed, open }: WorkflowMenuProps) {
  const { navigate } = useNavigation();
  const duplicate = async () => {
    const result = await actions.duplicate({ projectId, workflowId: workflow.id }).catch(() => null);
    if (result?.ok) return navigate(workflowPath(projectId, result.data.id));
    toast.error({
      title: `${workflow.name} wasn’t duplicated`,
      text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
    });
  };
  return (
    <>
      {listed && (
        <MenuItem icon={<ExternalLink aria-hidden />} href={workflowPath(projectId, workflow.id)}>
          Open
        </MenuItem>
      )}
      {may.edit && (
        <>
          <MenuItem icon={<TextCursorInput aria-hidden />} onSelect={() => open("rename", workflow)}>
            Rename
          </MenuItem>
          <MenuItem icon={<Copy aria-hidden />} onSelect={duplicate}>
            Duplicate
          </MenuItem>
        </>
      )}
      {may.delete && (
        <>
          <MenuRule />
          <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => open("delete", workflow)}>
            Delete
          </MenuItem>
        </>
      )}
    </>
  );
}

export function WorkflowDialogs({
  projectId,
  actions,
  listed,
  dialogs: { last, opened, close },
  onRenamed,
}: Pick<WorkflowMenuProps, "projectId" | "actions" | "listed"> & { dialogs: Dialogs; onRenamed?: () => void }) {
  const { navigate } = useNavigation();
  if (!last) return null;
  const { dialog, workflow } = last;
  return dialog === "rename" ? (
    <RenameDialog
      key={workflow.id}
      open={opened === "rename"}
      onOpenChange={close}
      title={`Rename ${workflow.name}`}
      text="Takes effect at once. Code that starts it goes on working: it holds the workflow’s id."
      name={workflow.name}
      action="Rename"
      busyAction="Renaming…"
      send={(values) => actions.rename({ projectId, workflowId: workflow.id, ...values })}
      onDone={() => {
        close();
        toast.success({ title: "Renamed" });
        onRenamed?.();
      }}
    />
  ) : (
    <DeleteWorkflowDialog
      key={workflow.id}
      projectId={projectId}
      workflow={workflow}
      open={opened === "delete"}
      onOpenChange={close}
      listed={listed}
      remove={actions.remove}
      undelete={actions.undelete}
      onDeleted={listed ? undefined : () => navigate(workflowsPath(projectId))}
    />
  );
}

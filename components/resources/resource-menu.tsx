"use client";

import { Copy, Ellipsis, ExternalLink, Pencil, TextCursorInput, Trash2 } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { RowMenu } from "#components/ui/row-menu.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { resourcePath, resourcesPath, setupStepPath } from "#lib/paths.ts";
import type { DeletableResource, DeleteResource, RestoreResource } from "./delete-resource-dialog.tsx";
import type { CheckName } from "./name-field.tsx";
import type { RenameResource } from "./rename-resource-dialog.tsx";
import type { ResourceListRow } from "./resource-list.ts";

const DeleteResourceDialog = lazyDialog(async () => (await import("./delete-resource-dialog.tsx")).DeleteResourceDialog);
const RenameResourceDialog = lazyDialog(async () => (await import("./rename-resource-dialog.tsx")).RenameResourceDialog);

export interface ResourceActions {
  checkName: CheckName;
  rename: RenameResource;
  duplicate: (values: { projectId: string; resourceId: string }) => Promise<ActionResult<{ id: string }>>;
  remove: DeleteResource;
  restore: RestoreResource;
}

interface Shared {
  projectId: string;
  may: { edit: boolean; delete: boolean };
  actions: ResourceActions;
}

/** What can be done with a resource, on its own page, which is left when it is deleted. Nothing, for a viewer. */
export function ResourceMenu({ resource, ...shared }: Shared & { resource: DeletableResource }) {
  const dialogs = useResourceDialogs();
  if (!shared.may.edit) return null;
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton
            label={`Actions for ${resource.name}`}
            title="Actions"
            icon={<Ellipsis aria-hidden />}
            size="medium"
            variant="default"
          />
        }
      >
        <ResourceMenuItems {...shared} resource={resource} listed={false} open={dialogs.open} />
      </Menu>
      <ResourceDialogs {...shared} {...dialogs} listed={false} />
    </>
  );
}

/** The same for all rows of the list, which stays: its buttons are `RowMenuButton`s. A viewer gets it to open one. */
export function ResourceRowMenu({ id, rows, ...shared }: Shared & { id: string; rows: readonly ResourceListRow[] }) {
  const dialogs = useResourceDialogs();
  return (
    <>
      <RowMenu id={id}>
        {(row) => {
          const listed = rows.find(({ id }) => id === row);
          const resource = listed && { ...listed, isLive: listed.status !== "draft" };
          return resource && <ResourceMenuItems {...shared} resource={resource} listed open={dialogs.open} />;
        }}
      </RowMenu>
      <ResourceDialogs {...shared} {...dialogs} listed />
    </>
  );
}

type Dialog = "rename" | "delete";

interface OpenedDialog {
  /** Which, and for what; kept as it closes, so that it closes as it was. */
  last: { dialog: Dialog; resource: DeletableResource } | null;
  opened: Dialog | null;
  open: (dialog: Dialog, resource: DeletableResource) => void;
  close: () => void;
}

function useResourceDialogs(): OpenedDialog {
  const [last, setLast] = useState<OpenedDialog["last"]>(null);
  const [opened, setOpened] = useState<Dialog | null>(null);
  return {
    last,
    opened,
    /** After the menu has given focus back to its button, so that the dialog gives it back there too. */
    open: (dialog, resource) =>
      setTimeout(() => {
        setLast({ dialog, resource });
        setOpened(dialog);
      }),
    close: () => setOpened(null),
  };
}

type Listed = {
  /** In the list of resources; else on the resource's own page. */
  listed: boolean;
};

type ItemsProps = Shared & Listed & Pick<OpenedDialog, "open"> & { resource: DeletableResource };

function ResourceMenuItems({ projectId, resource, may, actions, listed, open }: ItemsProps) {
  const { navigate } = useNavigation();
  const duplicate = async () => {
    const result = await actions.duplicate({ projectId, resourceId: resource.id }).catch(() => null);
    if (result?.ok) return navigate(setupStepPath(projectId, result.data.id, "api-info"));
    toast.error({
      title: `${resource.name} wasn’t duplicated`,
      text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
    });
  };
  return (
    <>
      {listed && (
        <MenuItem icon={<ExternalLink aria-hidden />} href={resourcePath(projectId, resource.id)}>
          Open
        </MenuItem>
      )}
      {may.edit && (
        <>
          {listed && (
            <MenuItem icon={<Pencil aria-hidden />} href={setupStepPath(projectId, resource.id, "api-info")}>
              Edit draft
            </MenuItem>
          )}
          <MenuItem icon={<TextCursorInput aria-hidden />} onSelect={() => open("rename", resource)}>
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
          <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => open("delete", resource)}>
            Delete
          </MenuItem>
        </>
      )}
    </>
  );
}

function ResourceDialogs({ projectId, actions, listed, last, opened, close }: Shared & Listed & OpenedDialog) {
  const { navigate } = useNavigation();
  if (!last) return null;
  const { dialog, resource } = last;
  const shared = { projectId, resource, onOpenChange: close };
  return dialog === "rename" ? (
    <RenameResourceDialog key={resource.id} {...shared} open={opened === "rename"} rename={actions.rename} checkName={actions.checkName} />
  ) : (
    <DeleteResourceDialog
      key={resource.id}
      {...shared}
      open={opened === "delete"}
      listed={listed}
      remove={actions.remove}
      restore={actions.restore}
      onDeleted={listed ? undefined : () => navigate(resourcesPath(projectId))}
    />
  );
}

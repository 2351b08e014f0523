"use client";

import { Copy, Ellipsis, ExternalLink, Pencil, TextCursorInput, Trash2 } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { resourcePath, resourcesPath, setupStepPath } from "#lib/paths.ts";
import type { DeletableResource, DeleteResource, RestoreResource } from "./delete-resource-dialog.tsx";
import type { CheckName } from "./name-field.tsx";
import type { RenameResource } from "./rename-resource-dialog.tsx";

const DeleteResourceDialog = lazyDialog(async () => (await import("./delete-resource-dialog.tsx")).DeleteResourceDialog);
const RenameResourceDialog = lazyDialog(async () => (await import("./rename-resource-dialog.tsx")).RenameResourceDialog);

export interface ResourceActions {
  checkName: CheckName;
  rename: RenameResource;
  duplicate: (values: { projectId: string; resourceId: string }) => Promise<ActionResult<{ id: string }>>;
  remove: DeleteResource;
  restore: RestoreResource;
}

export interface ResourceMenuProps {
  projectId: string;
  resource: DeletableResource;
  may: { edit: boolean; delete: boolean };
  actions: ResourceActions;
  /** In the list of resources, which stays; else on the resource's own page, which is left when it is deleted. */
  listed: boolean;
}

type Opened = "rename" | "delete" | null;

/** What can be done with a resource. A viewer gets it in the list only, to open one. */
export function ResourceMenu({ projectId, resource, may, actions, listed }: ResourceMenuProps) {
  const { navigate } = useNavigation();
  const [opened, setOpened] = useState<Opened>(null);
  /** After the menu has given focus back to its button, so that the dialog gives it back there too. */
  const open = (dialog: Opened) => setTimeout(() => setOpened(dialog));
  const toggle = (dialog: Opened) => (next: boolean) => setOpened(next ? dialog : null);

  const duplicate = async () => {
    const result = await actions.duplicate({ projectId, resourceId: resource.id }).catch(() => null);
    if (result?.ok) return navigate(setupStepPath(projectId, result.data.id, "api-info"));
    toast.error({
      title: `${resource.name} wasn’t duplicated`,
      text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
    });
  };

  if (!listed && !may.edit) return null;
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton
            label={`Actions for ${resource.name}`}
            title="Actions"
            icon={<Ellipsis aria-hidden />}
            size={listed ? "small" : "medium"}
            variant={listed ? "ghost" : "default"}
          />
        }
      >
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
            <MenuItem icon={<TextCursorInput aria-hidden />} onSelect={() => open("rename")}>
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
            <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => open("delete")}>
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
      {may.edit && (
        <RenameResourceDialog
          projectId={projectId}
          resource={resource}
          open={opened === "rename"}
          onOpenChange={toggle("rename")}
          rename={actions.rename}
          checkName={actions.checkName}
        />
      )}
      {may.delete && (
        <DeleteResourceDialog
          projectId={projectId}
          resource={resource}
          open={opened === "delete"}
          onOpenChange={toggle("delete")}
          listed={listed}
          remove={actions.remove}
          restore={actions.restore}
          onDeleted={listed ? undefined : () => navigate(resourcesPath(projectId))}
        />
      )}
    </>
  );
}

"use client";

import { lazy, Suspense, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { resourcesPath } from "#lib/paths.ts";
import { useSetup } from "./setup-context.ts";

const DeleteResourceDialog = lazy(() =>
  import("#components/resources/delete-resource-dialog.tsx").then((module) => ({ default: module.DeleteResourceDialog })),
);

/** For a resource that never went live. A live one is deleted from its own page, which knows its users. */
export function DeleteDraft() {
  const { projectId, resourceId, name, live, draft, may, actions } = useSetup();
  const { navigate } = useNavigation();
  const [open, setOpen] = useState<boolean | null>(null);
  if (live || !may.remove) return null;
  return (
    <div className="section-rule">
      <Button variant="ghost" className="-ml-3" onClick={() => setOpen(true)}>
        Delete draft
      </Button>
      {open !== null && (
        <Suspense>
          <DeleteResourceDialog
            projectId={projectId}
            resource={{ id: resourceId, name, level: draft.level ?? null, isLive: false, connectedUsers: 0, workflows: [] }}
            open={open}
            onOpenChange={setOpen}
            listed={false}
            remove={actions.remove}
            restore={actions.restore}
            onDeleted={() => navigate(resourcesPath(projectId))}
          />
        </Suspense>
      )}
    </div>
  );
}

"use client";

import type { ActionResult } from "#lib/errors.ts";
import { type Deleted, DeletedList } from "./deleted-list.tsx";

export interface DeletedResourcesProps {
  projectId: string;
  resources: readonly Deleted[];
  restore?: (values: { projectId: string; resourceId: string; name?: string }) => Promise<ActionResult<unknown>>;
  asked?: string;
}

export function DeletedResources({ projectId, resources, restore, asked }: DeletedResourcesProps) {
  return (
    <DeletedList
      title="Deleted resources"
      note="Kept for 7 days, then their secrets are destroyed."
      items={resources}
      asked={asked}
      restore={restore && ((resourceId, given) => restore({ projectId, resourceId, ...given }))}
    />
  );
}

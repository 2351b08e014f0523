"use client";

import type { ReactNode } from "react";
import { PageHead } from "#components/ui/page-head.tsx";
import { workflowsPath } from "#lib/paths.ts";

/** The same while loading, listed, empty and failed: nothing moves between them. */
export function RunsHead({ projectId, actions }: { projectId: string; actions?: ReactNode }) {
  return (
    <PageHead
      crumbs={[{ label: "Workflows", href: workflowsPath(projectId) }, { label: "Runs" }]}
      title="Runs"
      sub="Each time a workflow ran for a user: what started it, what it did, how it ended."
      actions={actions}
    />
  );
}

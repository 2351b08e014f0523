"use client";

import { LoadFailed } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";
import { WorkflowsHead } from "#components/workflows/workflows-head.tsx";

export default function WorkflowsFailed(failed: Failed) {
  return (
    <>
      <WorkflowsHead />
      <LoadFailed {...failed} title="The list didn’t load." />
    </>
  );
}

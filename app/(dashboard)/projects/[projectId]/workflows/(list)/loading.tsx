"use client";

import { Card } from "#components/ui/card.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import { WorkflowsHead } from "#components/workflows/workflows-head.tsx";

export default function WorkflowsLoading() {
  return (
    <>
      <WorkflowsHead />
      <Toolbar>
        <Skeleton className="h-8 w-[280px] max-sm:w-full" />
      </Toolbar>
      <Card flush>
        <SkeletonRows label="Loading workflows" />
      </Card>
    </>
  );
}

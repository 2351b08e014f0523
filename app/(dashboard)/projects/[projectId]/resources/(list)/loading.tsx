"use client";

import { ResourcesHead } from "#components/resources/resources-head.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";

export default function ResourcesLoading() {
  return (
    <>
      <ResourcesHead />
      <Toolbar>
        <Skeleton className="h-8 w-[280px] max-sm:w-full" />
      </Toolbar>
      <Card flush>
        <SkeletonRows label="Loading resources" />
      </Card>
    </>
  );
}

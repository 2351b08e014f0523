"use client";

import { type ComponentProps, lazy, Suspense } from "react";
import { Skeleton } from "#components/ui/skeleton.tsx";

// Lanes and their viewers come after the page: they show what calls answered, and most visits begin with none.

const load = () => import("./outcome-lanes.tsx");
const LazyOutcomeLanes = lazy(async () => ({ default: (await load()).OutcomeLanes }));
const LazyLaneRow = lazy(async () => ({ default: (await load()).LaneRow }));

export const OutcomeLanes = (props: ComponentProps<typeof LazyOutcomeLanes>) => (
  <Suspense fallback={<Skeleton className="h-60" />}>
    <LazyOutcomeLanes {...props} />
  </Suspense>
);

export const LaneRow = (props: ComponentProps<typeof LazyLaneRow>) => (
  <Suspense fallback={<Skeleton className="h-24" />}>
    <LazyLaneRow {...props} />
  </Suspense>
);

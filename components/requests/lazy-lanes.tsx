"use client";

import { type ComponentProps, type ComponentType, lazy, Suspense, useState } from "react";
import { Skeleton } from "#components/ui/skeleton.tsx";

// Lanes and their viewers come after the page: they show what calls answered, and most visits begin with none.

type Lanes = typeof import("./outcome-lanes.tsx");
let loaded: Lanes | null = null;

/** Whoever makes a call asks for this meanwhile: an answer that stands at once, at its full height, moves nothing under the pointer. */
export async function loadLanes(): Promise<Lanes> {
  loaded ??= await import("./outcome-lanes.tsx");
  return loaded;
}

const LazyOutcomeLanes = lazy(async () => ({ default: (await loadLanes()).OutcomeLanes }));
const LazyLaneRow = lazy(async () => ({ default: (await loadLanes()).LaneRow }));

export function OutcomeLanes(props: ComponentProps<Lanes["OutcomeLanes"]>) {
  const [Shown] = useState<ComponentType<typeof props>>(() => loaded?.OutcomeLanes ?? LazyOutcomeLanes);
  return (
    <Suspense fallback={<Skeleton className="h-60" />}>
      <Shown {...props} />
    </Suspense>
  );
}

export function LaneRow(props: ComponentProps<Lanes["LaneRow"]>) {
  const [Shown] = useState<ComponentType<typeof props>>(() => loaded?.LaneRow ?? LazyLaneRow);
  return (
    <Suspense fallback={<Skeleton className="h-24" />}>
      <Shown {...props} />
    </Suspense>
  );
}

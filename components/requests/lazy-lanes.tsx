"use client";

import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

// Lanes and their viewers come after the page: they show what calls answered, and most visits begin with none.

const lanes = () => import("./outcome-lanes.tsx");
export const OutcomeLanes = lazyPart(async () => (await lanes()).OutcomeLanes, <Skeleton className="h-60" />);
export const LaneRow = lazyPart(async () => (await lanes()).LaneRow, <Skeleton className="h-24" />);

/** Whoever makes a call asks for this meanwhile: an answer that stands at once, at its full height, moves nothing under the pointer. */
export const preloadLanes = () => Promise.all([OutcomeLanes.preload(), LaneRow.preload()]);

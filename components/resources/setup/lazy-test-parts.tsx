"use client";

import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export const TestResult = lazyPart(async () => (await import("./test-result.tsx")).TestResult, <Skeleton className="h-60" />);
export const DrillCard = lazyPart(async () => (await import("./drill-card.tsx")).DrillCard, <Skeleton className="h-36" />);
export const ConnectExamples = lazyPart(
  async () => (await import("./connect-examples.tsx")).ConnectExamples,
  <Skeleton className="mt-6 h-60" />,
);

/** Before the step is gone to: links stand below these parts, and must not move away from under a pointer. */
export function preloadTestParts(): void {
  for (const Part of [TestResult, DrillCard, ConnectExamples]) void Part.preload();
}

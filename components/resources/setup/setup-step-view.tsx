"use client";

import { lazy, Suspense } from "react";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { SetupStep } from "#lib/paths.ts";

/** Each step comes with its own code: the first one opens without waiting for the last. */
const VIEWS = {
  "api-info": lazy(() => import("./api-info-step.tsx").then((module) => ({ default: module.ApiInfoStep }))),
  authorization: lazy(() => import("./authorization-step.tsx").then((module) => ({ default: module.AuthorizationStep }))),
  "request-details": lazy(() => import("./request-details-step.tsx").then((module) => ({ default: module.RequestDetailsStep }))),
  "test-and-publish": lazy(() => import("./test-step.tsx").then((module) => ({ default: module.TestStep }))),
};

export function SetupStepView({ step }: { step: SetupStep }) {
  const View = VIEWS[step];
  return (
    <Suspense fallback={<Skeleton className="mt-2 w-2/5" />}>
      <View />
    </Suspense>
  );
}

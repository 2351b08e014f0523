"use client";

import { OverviewHead } from "#components/overview/overview-head.tsx";
import { LoadFailed } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";

export default function OverviewFailed(failed: Failed) {
  return (
    <>
      <OverviewHead />
      <LoadFailed {...failed} title="The overview didn’t load." still="Calls and refreshes go on." />
    </>
  );
}

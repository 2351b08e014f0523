"use client";

import { ActivityHead } from "#components/activity/activity-head.tsx";
import { LoadFailed } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";

export default function ActivityFailed(failed: Failed) {
  return (
    <>
      <ActivityHead />
      <LoadFailed {...failed} title="Activity didn’t load." />
    </>
  );
}

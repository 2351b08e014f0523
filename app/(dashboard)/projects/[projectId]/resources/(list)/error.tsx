"use client";

import { ResourcesHead } from "#components/resources/resources-head.tsx";
import { LoadFailed } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";

export default function ResourcesFailed(failed: Failed) {
  return (
    <>
      <ResourcesHead />
      <LoadFailed {...failed} title="The list didn’t load." />
    </>
  );
}

"use client";

import { LoadFailed } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";
import { PageHead } from "#components/ui/page-head.tsx";

export default function RunsFailed(failed: Failed) {
  return (
    <>
      <PageHead title="Runs" />
      <LoadFailed {...failed} title="The runs didn’t load." still="Nothing is lost, and workflows go on." />
    </>
  );
}

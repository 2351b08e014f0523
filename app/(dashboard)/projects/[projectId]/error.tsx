"use client";

import { ErrorInProject } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";

export default function ProjectErrorBoundary(failed: Failed) {
  return <ErrorInProject {...failed} />;
}

"use client";

import { PageError } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";

export default function ErrorBoundary(failed: Failed) {
  return <PageError {...failed} />;
}

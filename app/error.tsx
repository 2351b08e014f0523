"use client";

import { lazy, Suspense } from "react";

/** An error boundary comes with every page: what it shows comes when it is needed. Should that fail too, global-error is next. */
const PageError = lazy(() => import("#components/shell/page-error.tsx").then((module) => ({ default: module.PageError })));

export default function ErrorBoundary({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Suspense>
      <PageError digest={error.digest} onRetry={reset} />
    </Suspense>
  );
}

"use client";

import { lazyPart } from "#components/ui/lazy-part.tsx";

/** An error boundary comes with every page that it stands around: what it shows comes when it is needed. */
export const LoadFailed = lazyPart(async () => (await import("#components/ui/load-failed.tsx")).LoadFailed);

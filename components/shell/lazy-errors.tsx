"use client";

import { lazyPart } from "#components/ui/lazy-part.tsx";

// An error boundary comes with every page that it stands around: what it shows comes when it is needed. Should that fail too, the
// next boundary takes over, and global-error last.

export const LoadFailed = lazyPart(async () => (await import("#components/ui/load-failed.tsx")).LoadFailed);
export const ErrorInProject = lazyPart(async () => (await import("./page-error.tsx")).ErrorInProject);
export const PageError = lazyPart(async () => (await import("./page-error.tsx")).PageError);

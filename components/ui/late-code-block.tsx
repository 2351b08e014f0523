"use client";

import { lazyPart } from "./lazy-part.tsx";
import { Skeleton } from "./skeleton.tsx";

/** For pages that have no other use of a code block at first. */
export const LateCodeBlock = lazyPart(async () => (await import("./code-block.tsx")).CodeBlock, <Skeleton className="h-24" />);

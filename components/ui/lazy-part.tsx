"use client";

import { type ComponentType, lazy, type ReactNode, Suspense, useState } from "react";

/**
 * A part of a page whose code comes after the page's own: what only some visits show, or what is closed at first. The server draws it
 * all the same, so on a first load nothing is missing and nothing moves; `meanwhile` keeps its place after a move within the app.
 * What will be wanted soon can be asked for ahead: it then stands at once, at its full height.
 *
 *     const DrillCard = lazyPart(async () => (await import("./drill-card.tsx")).DrillCard, <Skeleton className="h-24" />);
 */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null) {
  let loaded: ComponentType<Props> | null = null;
  const loadOnce = async () => {
    loaded ??= await load();
    return loaded;
  };
  const Lazy = lazy(async () => ({ default: await loadOnce() })) as unknown as ComponentType<Props>;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, where its module is read
  function LazyPart(props: Props) {
    const [Shown] = useState(() => loaded ?? Lazy);
    return (
      <Suspense fallback={meanwhile}>
        <Shown {...props} />
      </Suspense>
    );
  }
  /** Where it fails, the part asks again when it is shown. */
  const preload = async () => void (await loadOnce().catch(() => null));
  return Object.assign(LazyPart, { preload });
}

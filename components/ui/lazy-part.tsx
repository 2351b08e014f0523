"use client";

import { type ComponentType, lazy, type ReactNode, type RefObject, Suspense, useRef, useState } from "react";

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
    const place = useRef<HTMLDivElement>(null);
    return (
      <div className="contents" ref={place}>
        <Suspense fallback={<AsDrawn place={place} otherwise={meanwhile} />}>
          <Shown {...props} />
        </Suspense>
      </div>
    );
  }
  /** Where it fails, the part asks again when it is shown. */
  const preload = async () => void (await loadOnce().catch(() => null));
  return Object.assign(LazyPart, { preload });
}

/**
 * What the server drew, kept in sight until the part's code is there: where a page changes before that, React takes the server's markup
 * away and asks for this. Without it the page jumped, and a click under way then missed what it was meant for.
 */
function AsDrawn({ place, otherwise }: { place: RefObject<HTMLDivElement | null>; otherwise: ReactNode }) {
  const [drawn] = useState(() => [...(place.current?.childNodes ?? [])].map((node) => node.cloneNode(true)));
  if (drawn.length === 0) return otherwise;
  return <div className="contents" inert ref={(box) => box?.replaceChildren(...drawn)} />;
}

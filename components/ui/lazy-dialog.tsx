"use client";

import { type ComponentType, lazy, Suspense, useState } from "react";

/**
 * A dialog whose code comes when it is first opened: pages don't carry what most visits never show. It stays mounted from then on, so
 * that closing is animated and focus goes back.
 *
 *     const InviteDialog = lazyDialog(async () => (await import("./invite-dialog.tsx")).InviteDialog);
 */
export function lazyDialog<Props extends { open: boolean }>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() })) as unknown as ComponentType<Props>;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each dialog, where its module is read
  return function LazyDialog(props: Props) {
    const [wanted, setWanted] = useState(props.open);
    if (props.open && !wanted) setWanted(true);
    return wanted ? (
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    ) : null;
  };
}

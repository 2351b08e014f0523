"use client";

import { useSyncExternalStore } from "react";

const TICK_MS = 15_000;

const everyTick = (notify: () => void) => {
  const timer = setInterval(notify, TICK_MS);
  return () => clearInterval(timer);
};
const tick = () => Math.floor(Date.now() / TICK_MS) * TICK_MS;

/** The present in ms, moving every 15 s, so that relative times stay true while a page is open. */
export const useNow = () => useSyncExternalStore(everyTick, tick, tick);

const never = () => () => {};

/** False on the server and during hydration: the reader's time zone isn't known before. */
export const useHydrated = () =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

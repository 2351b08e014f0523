"use client";

import { useEffect, useRef, useState } from "react";

/**
 * Which steps of a wizard were left, so that what is missing there may be said. Whoever comes to a step, by a reload too, has left those
 * before it. A new step begins at its top.
 */
export function useLeftSteps<Step extends string>(step: Step, all: readonly Step[]) {
  const [left, setLeft] = useState<ReadonlySet<Step>>(() => new Set(all.slice(0, all.indexOf(step))));
  const [previous, setPrevious] = useState(step);
  if (previous !== step) {
    setPrevious(step);
    setLeft(new Set(left).add(previous));
  }
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    // The button that was pressed may be gone: reading goes on at the head of the new step.
    const active = document.activeElement;
    // A field that was led to keeps the focus.
    if (active === document.body || active?.closest(".shell-wizard-bar")) document.getElementById("main")?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [step]);
  return { left, showAll: () => setLeft(new Set(all)) };
}

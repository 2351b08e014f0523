"use client";

import { type Ref, type RefCallback, useCallback, useRef } from "react";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * The ref of a control that the server draws. What was typed, chosen or filled in by the browser before React took the page over stands
 * in the control, but no handler has heard of it, and react-hook-form would put its default back: it is said again, once, as an event.
 */
export function useEarlyInput<C extends Control>(ref: Ref<C> | undefined): RefCallback<C> {
  const isTaken = useRef(false);
  return useCallback(
    (control: C) => {
      const repeat = isTaken.current ? undefined : earlyInputOf(control);
      isTaken.current = true;
      const release = attach(ref, control);
      repeat?.();
      return release;
    },
    [ref],
  );
}

function attach<C>(ref: Ref<C> | undefined, control: C): () => void {
  if (typeof ref === "function") {
    const release = ref(control);
    return typeof release === "function" ? release : () => void ref(null);
  }
  if (!ref) return () => {};
  ref.current = control;
  return () => {
    ref.current = null;
  };
}

/** How to say again what differs from the server's markup; undefined where nothing does. */
function earlyInputOf(control: Control): (() => void) | undefined {
  if (control instanceof HTMLSelectElement) {
    const drawn = [...control.options].find((option) => option.defaultSelected);
    const chosen = control.value;
    if (!drawn || drawn.value === chosen) return undefined;
    return () => {
      control.value = chosen;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    };
  }
  if (control.type === "radio" || control.type === "checkbox") {
    const { checked, defaultChecked } = control as HTMLInputElement;
    // Of two radios the one that is on speaks.
    if (checked === defaultChecked || (control.type === "radio" && !checked)) return undefined;
    return () => {
      (control as HTMLInputElement).checked = !checked;
      control.click();
    };
  }
  const { value, defaultValue } = control;
  if (value === defaultValue) return undefined;
  return () => {
    control.value = defaultValue;
    // React compares with what it was told by the control's own setter: past it, this is a change.
    const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control) as object, "value")!;
    set!.call(control, value);
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };
}

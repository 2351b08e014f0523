"use client";

import { type KeyboardEvent, type ReactNode, type ToggleEvent, useEffect, useRef, useState } from "react";

// Built on the browser's own popover: top layer, light dismiss and Escape cost no script. The menu is on every page, and
// the usual library would be a third of all that a page may load.

const GAP = 6;
const EDGE = 8;
const ROOM_WANTED = 200;

export interface MenuSurfaceProps {
  id: string;
  /** The button it stands at, asked for as it opens and closes. */
  findButton: () => HTMLElement | null;
  align?: "start" | "end";
  labelledBy?: string;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** What opens at a button: arrows move, letters find, Escape closes and gives focus back. Empty until it is open. */
export function MenuSurface({ id, findButton, align = "start", labelledBy, onOpenChange, children }: MenuSurfaceProps) {
  const menu = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const element = menu.current;
    if (!open || !element) return;
    // The menu stands where its button was; rather than follow, it closes.
    const closeOnScroll = (event: Event) => {
      if (!(event.target instanceof Node && element.contains(event.target))) element.hidePopover();
    };
    window.addEventListener("scroll", closeOnScroll, { capture: true, passive: true });
    return () => window.removeEventListener("scroll", closeOnScroll, { capture: true });
  }, [open]);

  const place = (event: ToggleEvent<HTMLDivElement>) => {
    const button = findButton();
    if (event.newState === "open" && button) placeBeside(event.currentTarget, button.getBoundingClientRect(), align);
    setOpen(event.newState === "open");
    onOpenChange?.(event.newState === "open");
  };
  // Only now is the menu shown, or gone.
  const moveFocus = ({ newState, currentTarget }: ToggleEvent<HTMLDivElement>) => {
    if (newState === "open") {
      const items = itemsOf(currentTarget);
      (items.find((item) => item.ariaChecked === "true") ?? items[0])?.focus();
    } else if (document.activeElement === document.body || currentTarget.contains(document.activeElement)) {
      findButton()?.focus();
    }
  };

  return (
    <div
      ref={menu}
      id={id}
      popover="auto"
      role="menu"
      tabIndex={-1}
      className="ui-menu"
      aria-labelledby={labelledBy}
      onBeforeToggle={place}
      onToggle={moveFocus}
      onKeyDown={moveByKey}
      onClick={closeAfterChoice}
    >
      {open && children}
    </div>
  );
}

const itemsOf = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([aria-disabled="true"])')];

/** Below the button, or above it where there is no room; lined up with its start or end. */
function placeBeside(menu: HTMLElement, button: DOMRect, align: "start" | "end") {
  const below = window.innerHeight - button.bottom - GAP - EDGE;
  const above = button.top - GAP - EDGE;
  const upwards = below < ROOM_WANTED && above > below;
  Object.assign(menu.style, {
    top: upwards ? "auto" : `${button.bottom + GAP}px`,
    bottom: upwards ? `${window.innerHeight - button.top + GAP}px` : "auto",
    left: align === "start" ? `${Math.max(EDGE, button.left)}px` : "auto",
    right: align === "end" ? `${Math.max(EDGE, document.documentElement.clientWidth - button.right)}px` : "auto",
    maxHeight: `${upwards ? above : below}px`,
  });
}

function moveByKey(event: KeyboardEvent<HTMLDivElement>) {
  const items = itemsOf(event.currentTarget);
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (event.key === "Tab") return event.currentTarget.hidePopover();
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items.at(to % items.length)?.focus();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    const fromHere = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    fromHere.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
  }
}

function closeAfterChoice(event: { target: EventTarget; currentTarget: HTMLDivElement }) {
  const item = (event.target as HTMLElement).closest('[role^="menuitem"]');
  if (item && item.ariaDisabled !== "true") event.currentTarget.hidePopover();
}

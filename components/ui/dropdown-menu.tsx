"use client";

import { Check } from "lucide-react";
import {
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type ToggleEvent,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { Link } from "./navigation.tsx";

// Built on the browser's own popover: top layer, light dismiss and Escape cost no script. The menu is on every page, and
// the usual library would be a third of all that a page may load.

const GAP = 6;
const EDGE = 8;
const ROOM_WANTED = 200;

export interface MenuProps {
  /** One button that passes unknown props on to its element. */
  trigger: ReactElement<Record<string, unknown>>;
  align?: "start" | "end";
  children: ReactNode;
}

/** A menu at a button: arrows move, letters find, Escape closes and gives focus back. */
export function Menu({ trigger, align = "start", children }: MenuProps) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const findTrigger = () => document.getElementById(`${id}-trigger`);

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
    const button = findTrigger();
    if (event.newState === "open" && button) placeBeside(event.currentTarget, button.getBoundingClientRect(), align);
    setOpen(event.newState === "open");
  };
  // Only now is the menu shown, or gone.
  const moveFocus = ({ newState, currentTarget }: ToggleEvent<HTMLDivElement>) => {
    if (newState === "open") {
      const items = itemsOf(currentTarget);
      (items.find((item) => item.ariaChecked === "true") ?? items[0])?.focus();
    } else if (document.activeElement === document.body || currentTarget.contains(document.activeElement)) {
      findTrigger()?.focus();
    }
  };

  return (
    <>
      {cloneElement(trigger, {
        id: `${id}-trigger`,
        popoverTarget: id,
        "aria-haspopup": "menu",
        "aria-expanded": open,
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          menu.current?.showPopover();
        },
      })}
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        className="ui-menu"
        aria-labelledby={`${id}-trigger`}
        onBeforeToggle={place}
        onToggle={moveFocus}
        onKeyDown={moveByKey}
        onClick={closeAfterChoice}
      >
        {open && children}
      </div>
    </>
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

interface MenuItemContent {
  icon?: ReactNode;
  /** At the right, in text-3. */
  hint?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

export type MenuItemProps = MenuItemContent & ({ href: string; onSelect?: never } | { href?: never; onSelect: () => void });

export function MenuItem({ icon, hint, danger, disabled, children, href, onSelect }: MenuItemProps) {
  const look = {
    role: "menuitem",
    tabIndex: -1,
    className: "ui-menu-item",
    "data-danger": danger || undefined,
    "aria-disabled": disabled || undefined,
  };
  const content = (
    <>
      {icon}
      {children}
      {hint && <span className="ui-menu-hint">{hint}</span>}
    </>
  );
  return href && !disabled ? (
    <Link href={href} {...look}>
      {content}
    </Link>
  ) : (
    <button type="button" {...look} onClick={disabled ? undefined : onSelect}>
      {content}
    </button>
  );
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls.
    <div role="group" aria-label={label}>
      <div className="ui-menu-group" aria-hidden>
        {label}
      </div>
      {children}
    </div>
  );
}

export const MenuRule = () => <hr className="ui-menu-rule" />;

export interface MenuRadiosProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  items: readonly { value: Value; label: ReactNode; icon?: ReactNode }[];
}

/** One of several: the chosen one bears a tick. */
export function MenuRadios<Value extends string>({ label, value, onChange, items }: MenuRadiosProps<Value>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls.
    <div role="group" aria-label={label}>
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          role="menuitemradio"
          aria-checked={item.value === value}
          tabIndex={-1}
          className="ui-menu-item"
          onClick={() => onChange(item.value)}
        >
          {item.icon}
          {item.label}
          {item.value === value && (
            <span className="ui-menu-hint">
              <Check aria-hidden className="icon-s" />
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

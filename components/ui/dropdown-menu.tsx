"use client";

import { Check } from "lucide-react";
import { cloneElement, type KeyboardEvent, type ReactElement, type ReactNode, useId, useState } from "react";
import { MenuSurface } from "./menu-surface.tsx";
import { Link } from "./navigation.tsx";

export interface MenuProps {
  /** One button that passes unknown props on to its element. */
  trigger: ReactElement<Record<string, unknown>>;
  align?: "start" | "end";
  children: ReactNode;
}

/** A menu at a button. For one in every row of a list there is row-menu.tsx. */
export function Menu({ trigger, align, children }: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
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
          document.getElementById(id)?.showPopover();
        },
      })}
      <MenuSurface
        id={id}
        findButton={() => document.getElementById(`${id}-trigger`)}
        align={align}
        labelledBy={`${id}-trigger`}
        onOpenChange={setOpen}
      >
        {children}
      </MenuSurface>
    </>
  );
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

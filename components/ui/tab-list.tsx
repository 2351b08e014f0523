"use client";

import type { KeyboardEvent, ReactNode } from "react";

export interface TabListItem<Value extends string> {
  value: Value;
  label: ReactNode;
}

export interface TabListProps<Value extends string> {
  label: string;
  items: readonly TabListItem<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  look: "segmented" | "languages" | "views";
  /** Ties tabs to their panel: spread `tabPanelProps(id, value)` on it. */
  id: string;
  className?: string;
}

const tabId = (id: string, value: string) => `${id}-tab-${value}`;

export const tabPanelProps = (id: string, value: string) =>
  ({ role: "tabpanel", id: `${id}-panel`, "aria-labelledby": tabId(id, value) }) as const;

/** Tabs that switch what is below them: one tab stop, arrows move and select. */
export function TabList<Value extends string>({ label, items, value, onChange, look, id, className }: TabListProps<Value>) {
  const move = (event: KeyboardEvent) => {
    const at = items.findIndex((item) => item.value === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = items[(to + items.length) % items.length];
    if (!next) return;
    onChange(next.value);
    document.getElementById(tabId(id, next.value))?.focus();
  };
  return (
    <div role="tablist" aria-label={label} className={`ui-${look} ${className ?? ""}`} onKeyDown={move}>
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          role="tab"
          id={tabId(id, item.value)}
          aria-selected={item.value === value}
          aria-controls={`${id}-panel`}
          tabIndex={item.value === value ? 0 : -1}
          onClick={() => onChange(item.value)}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}

"use client";

import { Check } from "lucide-react";
import * as Radix from "radix-ui/dropdown-menu";
import type { ReactElement, ReactNode } from "react";
import { Link } from "./navigation.tsx";

export interface MenuProps {
  /** One button. */
  trigger: ReactElement;
  align?: "start" | "end";
  children: ReactNode;
}

/** A menu at a button: arrows move, letters find, Escape closes and gives focus back. */
export function Menu({ trigger, align = "start", children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="ui-menu" align={align} sideOffset={6} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
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
  const content = (
    <>
      {icon}
      {children}
      {hint && <span className="ui-menu-hint">{hint}</span>}
    </>
  );
  return (
    <Radix.Item className="ui-menu-item" data-danger={danger || undefined} disabled={disabled} onSelect={onSelect} asChild={Boolean(href)}>
      {href ? <Link href={href}>{content}</Link> : content}
    </Radix.Item>
  );
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Radix.Group>
      <Radix.Label className="ui-menu-group">{label}</Radix.Label>
      {children}
    </Radix.Group>
  );
}

export const MenuRule = () => <Radix.Separator className="ui-menu-rule" />;

/** One of several: the chosen one bears a tick. */
export function MenuRadios<Value extends string>({
  label,
  value,
  onChange,
  items,
}: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  items: readonly { value: Value; label: ReactNode; icon?: ReactNode }[];
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)} aria-label={label}>
      {items.map((item) => (
        <Radix.RadioItem key={item.value} value={item.value} className="ui-menu-item">
          {item.icon}
          {item.label}
          <Radix.ItemIndicator className="ui-menu-hint">
            <Check aria-hidden className="icon-s" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

"use client";

import { Ellipsis } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { MenuSurface } from "./menu-surface.tsx";

export interface RowMenuButtonProps {
  /** The id given to `RowMenu`. */
  menu: string;
  /** Which row it stands in: `RowMenu` asks for its items by it. */
  row: string;
  /** Its name, with the row's: "Actions for TaskLab". */
  label: string;
}

/** The button at the end of a row. It is an element and nothing more: a list has hundreds. */
export function RowMenuButton({ menu, row, label }: RowMenuButtonProps) {
  return (
    <Button
      variant="ghost"
      size="small"
      iconOnly
      aria-label={label}
      title="Actions"
      value={row}
      popoverTarget={menu}
      aria-haspopup="menu"
      aria-expanded={false}
    >
      <Ellipsis aria-hidden />
    </Button>
  );
}

export interface RowMenuProps {
  id: string;
  /** The items for a row, asked for when its menu opens. */
  children: (row: string) => ReactNode;
}

/**
 * One menu for all rows of a list: it opens at the button that was pressed.
 *
 *     const menu = useId();
 *     {rows.map((row) => <tr>… <Cell><RowMenuButton menu={menu} row={row.id} label={`Actions for ${row.name}`} /></Cell></tr>)}
 *     <RowMenu id={menu}>{(row) => <MenuItem onSelect={() => rename(row)}>Rename</MenuItem>}</RowMenu>
 */
export function RowMenu({ id, children }: RowMenuProps) {
  const button = useRef<HTMLButtonElement | null>(null);
  const [row, setRow] = useState<string | null>(null);
  const surface = () => document.getElementById(id);

  const standAt = (next: HTMLButtonElement) => {
    button.current = next;
    surface()?.setAttribute("aria-label", next.ariaLabel ?? "");
    setRow(next.value);
  };
  const buttonOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<HTMLButtonElement>(`button[popovertarget="${CSS.escape(id)}"]`) : null;
  const press = useEffectEvent((event: MouseEvent) => {
    const pressed = buttonOf(event.target);
    if (!pressed) return;
    const menu = surface();
    const isOpenElsewhere = menu?.matches(":popover-open") && button.current !== pressed;
    if (isOpenElsewhere) menu?.hidePopover();
    // The browser opens it now, since it is closed.
    standAt(pressed);
  });
  const openByArrow = useEffectEvent((event: KeyboardEvent) => {
    const pressed = event.key === "ArrowDown" ? buttonOf(event.target) : null;
    if (!pressed) return;
    event.preventDefault();
    standAt(pressed);
    surface()?.showPopover();
  });
  useEffect(() => {
    const onClick = (event: MouseEvent) => press(event);
    const onKeyDown = (event: KeyboardEvent) => openByArrow(event);
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("click", onClick);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, []);

  return (
    <MenuSurface
      id={id}
      align="end"
      findButton={() => button.current}
      onOpenChange={(open) => button.current?.setAttribute("aria-expanded", String(open))}
    >
      {row !== null && children(row)}
    </MenuSurface>
  );
}

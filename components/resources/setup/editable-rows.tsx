"use client";

import { ChevronUp, GripVertical, Pencil } from "lucide-react";
import { type DragEvent, type KeyboardEvent, type ReactNode, Suspense, useId, useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Status } from "#components/ui/status.tsx";

export interface EditableRow {
  id: string;
  /** What names the row: its key. */
  name: string;
  summary: ReactNode;
  /** At the right: "Used in 3 fields". */
  note?: ReactNode;
  /** Said while the row is closed. */
  problems?: number;
}

export interface EditableRowsProps {
  rows: readonly EditableRow[];
  /** Index of the row that is open, or null. */
  open: number | null;
  onOpen: (index: number | null) => void;
  onMove: (from: number, to: number) => void;
  children: (index: number) => ReactNode;
}

/** Rows in a card, one of them open. Moved by its handle: dragged, or by the arrow keys. */
export function EditableRows({ rows, open, onOpen, onMove, children }: EditableRowsProps) {
  const id = useId();
  const [dragged, setDragged] = useState<number | null>(null);
  const [said, setSaid] = useState("");

  const move = (from: number, to: number) => {
    if (to < 0 || to >= rows.length || to === from) return;
    onMove(from, to);
    if (open === from) onOpen(to);
    else if (open === to) onOpen(from);
    setSaid(`${rows[from]!.name || "The row"} is now ${to + 1} of ${rows.length}.`);
    setTimeout(() => document.getElementById(`${id}-grip-${to}`)?.focus(), 0);
  };
  const press = (event: KeyboardEvent, index: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(index, index + step);
  };
  const drop = (event: DragEvent, index: number) => {
    event.preventDefault();
    if (dragged !== null) move(dragged, index);
    setDragged(null);
  };

  return (
    <>
      <ol className="ui-card setup-rows">
        {rows.map((row, index) => {
          const isOpen = index === open;
          const name = row.name || `row ${index + 1}`;
          return (
            <li key={row.id} onDragOver={(event) => event.preventDefault()} onDrop={(event) => drop(event, index)}>
              <div className="setup-row-head">
                <button
                  type="button"
                  id={`${id}-grip-${index}`}
                  className="setup-grip"
                  draggable
                  onDragStart={() => setDragged(index)}
                  onKeyDown={(event) => press(event, index)}
                  aria-label={`Move ${name}: arrow keys`}
                >
                  <GripVertical aria-hidden />
                </button>
                <code className="cut font-medium">{row.name || "New"}</code>
                <span className="cut">{isOpen ? <span className="text-3">Editing</span> : row.summary}</span>
                <span className="text-12 text-3 max-sm:hidden">
                  {row.problems && !isOpen ? <Status tone="danger">{row.problems} to fix</Status> : row.note}
                </span>
                <IconButton
                  size="small"
                  label={isOpen ? `Close ${name}` : `Edit ${name}`}
                  icon={isOpen ? <ChevronUp aria-hidden className="icon-s" /> : <Pencil aria-hidden className="icon-s" />}
                  aria-expanded={isOpen}
                  onClick={() => onOpen(isOpen ? null : index)}
                />
              </div>
              {isOpen && (
                <div className="setup-row-body">
                  <Suspense>{children(index)}</Suspense>
                </div>
              )}
            </li>
          );
        })}
      </ol>
      <p className="sr-only" role="status">
        {said}
      </p>
    </>
  );
}

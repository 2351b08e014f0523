"use client";

import { Lock, TextCursorInput, User } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { Kbd } from "#components/ui/kbd.tsx";
import type { KnownVariable } from "#lib/template/variables.ts";
import { placeMenu } from "./place-menu.ts";
import { groupVariables, optionId } from "./variable-query.ts";

export interface VariableMenuProps {
  id: string;
  /** What it stands in, the field that is typed in, and the offset there that it stands at. */
  frame: RefObject<HTMLElement | null>;
  control: RefObject<HTMLInputElement | HTMLTextAreaElement | null>;
  at: number;
  variables: readonly KnownVariable[];
  active: number;
  sampleOf: (variable: KnownVariable) => string | undefined;
  /** "Values of the test user" */
  note?: string;
  onChoose: (variable: KnownVariable) => void;
}

/** The list at the caret. Focus stays in the field: the pointer chooses, the field's keys move. */
export function VariableMenu({ id, frame, control, at, variables, active, sampleOf, note, onChoose }: VariableMenuProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`#${CSS.escape(optionId(id, active))}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  const box = useRef<HTMLDivElement>(null);
  // Each time: the text before it, the page and the window may have moved.
  useLayoutEffect(() => {
    if (frame.current && control.current && box.current) placeMenu(box.current, frame.current, control.current, at);
  });
  return (
    <div ref={box} className="ui-menu req-menu">
      <div ref={list} className="req-menu-list" role="listbox" id={id} aria-label="Variables">
        {groupVariables(variables).map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of options have no element of their own outside a select.
          <div key={group.label} role="group" aria-label={group.label}>
            <div className="ui-menu-group" aria-hidden>
              {group.label}
            </div>
            {group.variables.map((variable) => {
              const index = variables.indexOf(variable);
              return (
                // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and points here by aria-activedescendant.
                // biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter are the field's.
                <div
                  key={variable.name}
                  id={optionId(id, index)}
                  className="ui-menu-item"
                  role="option"
                  aria-selected={index === active}
                  title={variable.description}
                  // The field would lose the focus, and with it the place of the caret.
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => onChoose(variable)}
                >
                  <VariableIcon variable={variable} />
                  <code>{variable.name}</code>
                  <span className="ui-menu-hint font-mono">{sampleOf(variable)}</span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      <div className="ui-menu-foot" aria-hidden>
        <span className="flex items-center gap-1">
          <Kbd keys={["↑", "↓"]} /> move
        </span>
        <span className="flex items-center gap-1">
          <Kbd keys={["Enter"]} /> insert
        </span>
        {note && <span className="ml-auto max-sm:hidden">{note}</span>}
      </div>
    </div>
  );
}

function VariableIcon({ variable }: { variable: KnownVariable }) {
  if (variable.secret) return <Lock aria-hidden />;
  if (/^(user|profile)\./.test(variable.name)) return <User aria-hidden />;
  return <TextCursorInput aria-hidden />;
}

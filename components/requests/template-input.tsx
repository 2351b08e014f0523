"use client";

import { clsx } from "clsx";
import { Braces } from "lucide-react";
import { type ChangeEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { useEarlyInput } from "#components/ui/early-input.ts";
import { useFieldControl, useFieldLabelId } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import type { TemplateFormat } from "#lib/template/parse-template.ts";
import type { KnownVariable, VariableCatalog } from "#lib/template/variables.ts";
import { TemplateLayer } from "./template-layer.tsx";
import { filterVariables, findQuery, insertionOf, optionId, type VariableQuery } from "./variable-query.ts";

const VariableMenu = lazyPart(async () => (await import("./variable-menu.tsx")).VariableMenu);

export interface TemplateInputProps {
  /** Names the field where no `Field` around it does. */
  label: string;
  hideLabel?: boolean;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  known: VariableCatalog;
  sampleOf: (variable: KnownVariable) => string | undefined;
  menuNote?: string;
  format?: TemplateFormat;
  /** Several lines. */
  rows?: number;
  /** Before the text, such as "Bearer". */
  prefix?: string;
  placeholder?: string;
  id?: string;
  invalid?: boolean;
  describedBy?: string;
}

type OpenMenu = { query: VariableQuery; byButton: boolean };

/**
 * A field for `{{ }}` templates. The control is the browser's own input or textarea, so composing, pasting, undo and screen readers
 * are the browser's too; a layer marks the variables, and typing `{{` opens their menu at the caret.
 */
export function TemplateInput(props: TemplateInputProps) {
  const { label, value, onChange, known, format = "text", rows, prefix, placeholder } = props;
  const wiring = useFieldControl({ id: props.id, "aria-invalid": props.invalid || undefined, "aria-describedby": props.describedBy });
  const labelId = useFieldLabelId();
  const field = useRef<HTMLInputElement | HTMLTextAreaElement>(null);
  const place = useEarlyInput<HTMLInputElement | HTMLTextAreaElement>(field);
  const layer = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const menuId = useId();
  const [focused, setFocused] = useState(false);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [active, setActive] = useState(0);

  const shown = menu ? filterVariables(known, menu.query.text) : [];
  const isOpen = shown.length > 0;

  /** Looks for a name being typed at the caret. `typed`: only typing opens the menu, moving the caret may only close it. */
  const look = (typed: boolean, byButton = false) => {
    const control = field.current;
    if (!control || (!typed && !menu)) return;
    const caret = control.selectionStart ?? 0;
    const query = control.selectionEnd === caret ? findQuery(control.value, caret) : null;
    if (!query) return setMenu(null);
    if (menu?.query.text !== query.text) setActive(0);
    setMenu({ query, byButton: byButton || (menu?.byButton ?? false) });
  };

  const change = (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    onChange(event.target.value);
    look(true);
  };

  const choose = (variable: KnownVariable) => {
    const control = field.current;
    if (!control || !menu) return;
    const { text, caret } = insertionOf(variable);
    replaceText(control, menu.query.start, menu.query.end, text);
    control.setSelectionRange(menu.query.start + caret, menu.query.start + caret);
    setMenu(null);
  };

  const close = () => {
    const control = field.current;
    // The button wrote these braces, and nothing came of them.
    if (control && menu?.byButton && menu.query.text === "") replaceText(control, menu.query.start, menu.query.start + 2, "");
    setMenu(null);
  };

  const press = (event: KeyboardEvent) => {
    if (!isOpen || event.nativeEvent.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) setActive((active + move + shown.length) % shown.length);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) choose(shown[active]!);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const openByButton = () => {
    const control = field.current;
    if (!control) return;
    control.focus();
    const at = control.selectionStart ?? control.value.length;
    replaceText(control, at, control.selectionEnd ?? at, "{{");
    look(true, true);
  };

  const syncScroll = () => {
    if (!layer.current || !field.current) return;
    layer.current.scrollLeft = field.current.scrollLeft;
    layer.current.scrollTop = field.current.scrollTop;
  };

  const popup = isOpen
    ? { "aria-controls": menuId, "aria-activedescendant": optionId(menuId, active), "aria-autocomplete": "list" as const }
    : {};
  const control = {
    ...wiring,
    ...popup,
    value,
    placeholder,
    spellCheck: false,
    autoComplete: "off",
    autoCapitalize: "off",
    "aria-label": props.hideLabel ? label : undefined,
    onChange: change,
    onKeyDown: press,
    onSelect: () => look(false),
    onScroll: syncScroll,
    onFocus: () => {
      setFocused(true);
      void VariableMenu.preload();
    },
    onBlur: () => {
      setFocused(false);
      setMenu(null);
      if (field.current) field.current.scrollLeft = 0;
      props.onBlur?.();
    },
  };

  return (
    <div ref={frame} className="req-template" data-focused={focused || undefined}>
      <div className={clsx("ui-input", rows && "req-template-area")}>
        {prefix && <span className="ui-affix font-mono">{prefix}</span>}
        <span className="req-template-box" data-pretty={!focused && !rows && value !== "" ? "" : undefined}>
          {rows ? (
            <textarea {...control} ref={place} rows={rows} />
          ) : (
            <input {...control} ref={place} type="text" {...(isOpen ? { role: "combobox", "aria-expanded": true } : {})} />
          )}
          <span ref={layer} className="req-template-layer" aria-hidden>
            <TemplateLayer text={value} format={format} known={known} look={focused || rows ? "raw" : "pretty"} />
          </span>
        </span>
        <IconButton
          size="small"
          label="Insert variable"
          aria-describedby={labelId}
          icon={<Braces aria-hidden className="icon-s" />}
          onMouseDown={(event) => event.preventDefault()}
          onClick={openByButton}
        />
      </div>
      {menu && isOpen && (
        <VariableMenu
          id={menuId}
          frame={frame}
          control={field}
          at={menu.query.start}
          variables={shown}
          active={active}
          sampleOf={props.sampleOf}
          note={props.menuNote}
          onChoose={choose}
        />
      )}
    </div>
  );
}

/** As if typed, so that the browser's undo takes it back. */
function replaceText(control: HTMLInputElement | HTMLTextAreaElement, start: number, end: number, text: string): void {
  control.focus();
  control.setSelectionRange(start, end);
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  control.setRangeText(text, start, end, "end");
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

"use client";

import { Select } from "./select.tsx";

export interface FacetProps<Value extends string> {
  label: string;
  all: string;
  value: Value | null;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value | null) => void;
}

/** One of a few values that a list is filtered by; the first choice is all of them. */
export function Facet<Value extends string>({ label, all, value, options, onChange }: FacetProps<Value>) {
  return (
    <Select
      aria-label={label}
      className="ui-facet"
      value={value ?? ""}
      onChange={(event) => onChange((event.target.value || null) as Value | null)}
    >
      <option value="">{all}</option>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </Select>
  );
}

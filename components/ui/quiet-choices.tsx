"use client";

import type { ReactNode } from "react";
import { Radio, type RadioInputProps } from "./radio-group.tsx";

export interface QuietChoice {
  value: string;
  name: string;
  text: ReactNode;
  disabled?: boolean;
}

/** Radio, name, one line: a choice that shouldn't take the stage. */
export function QuietChoices({
  legend,
  choices,
  className,
  ...radio
}: RadioInputProps & { legend: string; choices: readonly QuietChoice[] }) {
  return (
    <fieldset className={className}>
      <legend className="ui-label mb-1">{legend}</legend>
      <div className="ui-quiet">
        {choices.map((choice) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the control lies inside; the linter can't see into the component.
          <label key={choice.value}>
            <Radio {...radio} option={choice} />
            <b>{choice.name}</b>
            <span>{choice.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

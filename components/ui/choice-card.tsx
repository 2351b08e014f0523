"use client";

import { type ReactNode, useId } from "react";
import { Radio, type RadioInputProps } from "./radio-group.tsx";

export interface Choice {
  value: string;
  title: string;
  /** One sentence. */
  text: ReactNode;
  /** One small line, such as "Needs: a token address". */
  needs?: ReactNode;
  icon?: ReactNode;
  disabled?: boolean;
}

export interface ChoiceCardsProps extends RadioInputProps {
  legend: string;
  hideLegend?: boolean;
  choices: readonly Choice[];
}

/** Large cards with a radio each, two to a row. */
export function ChoiceCards({ legend, hideLegend = true, choices, className, ...radio }: ChoiceCardsProps) {
  return (
    <fieldset className={className}>
      <legend className={hideLegend ? "sr-only" : "ui-label mb-2"}>{legend}</legend>
      <div className="ui-choices">
        {choices.map((choice) => (
          <ChoiceCard key={choice.value} choice={choice} radio={radio} />
        ))}
      </div>
    </fieldset>
  );
}

function ChoiceCard({ choice, radio }: { choice: Choice; radio: RadioInputProps }) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control lies inside; the linter can't see into the component.
    <label className="ui-choice">
      <Radio {...radio} option={choice} aria-labelledby={`${id}-title`} aria-describedby={`${id}-text`} />
      <b id={`${id}-title`}>{choice.title}</b>
      {choice.icon}
      <span className="contents" id={`${id}-text`}>
        <span className="ui-choice-text">{choice.text}</span>
        {choice.needs && <span className="ui-choice-needs">{choice.needs}</span>}
      </span>
    </label>
  );
}

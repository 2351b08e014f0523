"use client";

import { Plus, X } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { type FieldArrayPath, useFieldArray } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import type { VariablePlace } from "#lib/resources/list-known-variables.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { readPath } from "./current-problems.ts";
import { DraftSelect, DraftText } from "./fields.tsx";
import { useSetup } from "./setup-context.ts";
import { DraftTemplate } from "./template-field.tsx";

export interface PairRowsProps {
  /** A list of `{ name, value }` in the draft. */
  path: string;
  title: string;
  heading?: "h2" | "h3";
  text?: ReactNode;
  /** "Add header" */
  add: string;
  /** What a row is called for screen readers: "Header". */
  noun: string;
  place: VariablePlace;
  /** Rows say where they go: body, query or header of the token call. */
  places?: boolean;
}

/** Names beside their templates. */
export function PairRows({ path, title, heading: Heading = "h3", text, add, noun, place, places }: PairRowsProps) {
  const { control, draft, reveal, step } = useSetup();
  const list = useFieldArray({ control, name: path as FieldArrayPath<ResourceDraft> });
  const empty = { name: "", value: "", ...(places ? { place: "body" } : {}) } as never;
  const append = () => {
    list.append(empty, { shouldFocus: false });
    reveal(step, `${path}.${list.fields.length}.name`);
  };
  return (
    <section aria-label={title}>
      <div className="mb-2 flex items-center gap-2">
        <div>
          <Heading>{title}</Heading>
          {text && <p className="ui-hint">{text}</p>}
        </div>
        <Button variant="ghost" size="small" className="ml-auto" onClick={append}>
          <Plus aria-hidden />
          {add}
        </Button>
      </div>
      {list.fields.length > 0 && (
        <div className="setup-pairs" data-places={places || undefined}>
          {list.fields.map(({ id }, index) => {
            const row = `${path}.${index}`;
            const name = (readPath(draft, `${row}.name`) as string | undefined) || `${noun.toLowerCase()} ${index + 1}`;
            return (
              <Fragment key={id}>
                <DraftText path={`${row}.name`} label={`${noun} name`} hideLabel mono placeholder="Name" />
                <DraftTemplate path={`${row}.value`} label={`Value of ${name}`} hideLabel place={place} placeholder="Value" />
                {places && (
                  <DraftSelect path={`${row}.place`} label={`Where ${name} goes`} hideLabel>
                    <option value="body">Body</option>
                    <option value="query">Query</option>
                    <option value="header">Header</option>
                  </DraftSelect>
                )}
                <IconButton label={`Remove ${name}`} icon={<X aria-hidden className="icon-s" />} onClick={() => list.remove(index)} />
              </Fragment>
            );
          })}
        </div>
      )}
    </section>
  );
}

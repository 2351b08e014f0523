"use client";

import { ArrowRight } from "lucide-react";
import { parseAsString, useQueryStates } from "nuqs";
import { Card } from "#components/ui/card.tsx";
import { Select } from "#components/ui/select.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { TemplateText } from "./template-text.tsx";

export interface ChangeRow {
  section: string;
  label: string;
  /** Null where the field wasn't there. */
  before: string | null;
  after: string | null;
}

export interface RevisionCompareProps {
  /** "3", "2", "draft". */
  choices: readonly { value: string; label: string }[];
  from: string;
  to: string;
  changes: readonly ChangeRow[];
}

/** Two states side by side, field by field. The choice lives in the address; the server compares. */
export function RevisionCompare({ choices, from, to, changes }: RevisionCompareProps) {
  const [, choose] = useQueryStates({ from: parseAsString, to: parseAsString }, { shallow: false, history: "replace" });
  const options = choices.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
  const count = changes.length === 1 ? "1 field differs" : changes.length === 0 ? "No field differs" : `${changes.length} fields differ`;
  return (
    <Card
      title="Compare"
      flush
      actions={
        <>
          <span className="text-3 max-sm:hidden" role="status">
            {count}
          </span>
          <Select size="small" aria-label="Compare from" value={from} onChange={(event) => choose({ from: event.target.value, to })}>
            {options}
          </Select>
          <ArrowRight aria-hidden className="icon-s text-3" />
          <Select size="small" aria-label="Compare with" value={to} onChange={(event) => choose({ from, to: event.target.value })}>
            {options}
          </Select>
        </>
      }
    >
      {changes.length === 0 ? (
        <p className="p-4 text-2">
          {from === to ? "Both sides are the same. Choose another revision on one of them." : "Nothing differs between these two."}
        </p>
      ) : (
        <Table caption={`${count}, before and after`} className="table-fixed">
          <thead>
            <tr>
              <Column className="w-[26%]">Field</Column>
              <Column>Before</Column>
              <Column>After</Column>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ section, label, before, after }) => (
              <tr key={`${section} ${label}`} className="align-top">
                <Cell className="py-2.5! whitespace-normal!">
                  <span className="block text-12 text-3">{section}</span>
                  <b className="[overflow-wrap:anywhere]">{label}</b>
                </Cell>
                <Cell className="py-2.5! whitespace-normal! text-2">
                  <Side value={before} />
                </Cell>
                <Cell className="py-2.5! whitespace-normal!">
                  <Side value={after} />
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

const Side = ({ value }: { value: string | null }) =>
  value === null ? <span className="text-3">Not there</span> : <TemplateText text={value} />;

"use client";

import { useDraftField } from "./draft-field.ts";
import { DraftText } from "./fields.tsx";
import { PatternTrial } from "./input-fields.tsx";
import { RowFoot } from "./row-foot.tsx";

/** The open row of the API Keys. */
export function KeyFields({ index, onRemove, onDone }: { index: number; onRemove: () => void; onDone: () => void }) {
  const path = (field: string) => `apiKeys.${index}.${field}`;
  const pattern = useDraftField(path("pattern"));
  const placeholder = useDraftField(path("placeholder"));
  return (
    <>
      <DraftText path={path("name")} label="Name" mono placeholder="api_key" />
      <DraftText path={path("label")} label="Label" placeholder="API key" />
      <DraftText path={path("placeholder")} label="Placeholder" placeholder="An example" />
      <DraftText path={path("help")} label="Help text" placeholder="Where users find it" className="setup-row-two" />
      <DraftText path={path("pattern")} label="Pattern" mark="optional" mono placeholder="Any text" />
      <div className="setup-row-wide empty:hidden">
        <PatternTrial pattern={pattern.value ?? ""} text={placeholder.value ?? ""} />
      </div>
      <RowFoot secretPath={path("secret")} secretText="masked wherever it is shown" onRemove={onRemove} onDone={onDone} />
    </>
  );
}

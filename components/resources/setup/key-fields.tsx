"use client";

import { Button } from "#components/ui/button.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { DraftText, useDraftField } from "./fields.tsx";
import { PatternTrial } from "./input-fields.tsx";

/** The open row of the API Keys. */
export function KeyFields({ index, onRemove, onDone }: { index: number; onRemove: () => void; onDone: () => void }) {
  const path = (field: string) => `apiKeys.${index}.${field}`;
  const secret = useDraftField<boolean>(path("secret"));
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
      <div className="setup-row-foot">
        <Switch checked={secret.value} onCheckedChange={secret.set} label="Secret" />
        <span>
          <b>Secret</b> <span className="text-3">· masked wherever it is shown</span>
        </span>
        <span className="ml-auto flex gap-2">
          <Button variant="ghost" size="small" onClick={onRemove}>
            Remove
          </Button>
          <Button size="small" onClick={onDone}>
            Done
          </Button>
        </span>
      </div>
    </>
  );
}

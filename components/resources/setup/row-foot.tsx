"use client";

import { Button } from "#components/ui/button.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { useDraftField } from "./draft-field.ts";

export interface RowFootProps {
  /** Of the row's own switch. */
  secretPath: string;
  /** What a secret one is kept from. */
  secretText: string;
  onRemove: () => void;
  onDone: () => void;
}

/** Below the fields of an open row: whether the value is secret, and the ways out. */
export function RowFoot({ secretPath, secretText, onRemove, onDone }: RowFootProps) {
  const secret = useDraftField<boolean>(secretPath);
  return (
    <div className="setup-row-foot">
      <Switch checked={secret.value} onCheckedChange={secret.set} label="Secret" />
      <span>
        <b>Secret</b> <span className="text-3">· {secretText}</span>
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
  );
}

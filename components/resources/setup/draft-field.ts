"use client";

import { type FieldPath, useController } from "react-hook-form";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { fieldId, useSetup } from "./setup-context.ts";

export type DraftPath = FieldPath<ResourceDraft>;

/** One field of the draft by its dotted path: its value, and what is wrong with it. */
export function useDraftField<Value = string>(path: string) {
  const { control, problemAt } = useSetup();
  const { field, fieldState } = useController({ control, name: path as DraftPath });
  const problem = problemAt(path);
  return {
    id: fieldId(path),
    value: field.value as Value,
    set: field.onChange as (value: Value) => void,
    leave: field.onBlur,
    problem,
    error: fieldState.error?.message ?? problem?.message,
  };
}

"use client";

import { useState } from "react";
import type { FieldPath, FieldValues, UseFormReturn } from "react-hook-form";
import { stalePageMessage } from "#components/shell/stale-page.ts";
import type { ActionError, ActionResult } from "#lib/errors.ts";

/**
 * Sends a form's values to a server action. Errors of fields go to their fields (the first takes the focus), any other to `failure`.
 * What was typed stays.
 */
export function useActionForm<Values extends FieldValues, Output, Data>(
  form: UseFormReturn<Values, unknown, Output>,
  send: (values: Output) => Promise<ActionResult<Data>>,
  onDone: (data: Data) => void,
) {
  const [failure, setFailure] = useState<Pick<ActionError, "message"> | null>(null);
  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    const result = await send(values).catch((error: unknown) => {
      setFailure({ message: stalePageMessage(error) ?? "The server can’t be reached. Check the connection and try again." });
    });
    if (!result) return;
    if (result.ok) return onDone(result.data);
    const known = Object.entries(result.error.fields ?? {}).filter(([name]) => name in form.getValues());
    for (const [index, [name, message]] of known.entries()) {
      form.setError(name as FieldPath<Values>, { message }, { shouldFocus: index === 0 });
    }
    if (!known.length) setFailure(result.error);
  });
  return { submit, failure, busy: form.formState.isSubmitting };
}

"use client";

import { type FieldPath, type FieldValues, type UseFormReturn, useFormState } from "react-hook-form";
import type { ActionResult } from "#lib/errors.ts";
import { stalePageMessage } from "./stale-page.ts";

/**
 * Sends a form's values to a server action. Errors of fields go to their fields (the first takes the focus), any other to `failure`,
 * which the next try or a reset of the form clears. What was typed stays.
 */
export function useActionForm<Values extends FieldValues, Output, Data>(
  form: UseFormReturn<Values, unknown, Output>,
  send: (values: Output) => Promise<ActionResult<Data>>,
  onDone: (data: Data, sent: Output) => void,
) {
  const { errors, isSubmitting } = useFormState({ control: form.control });
  const fail = (message: string) => form.setError("root.action", { message });
  const submit = form.handleSubmit(async (values) => {
    const result = await send(values).catch((error: unknown) => {
      fail(stalePageMessage(error) ?? "The server can’t be reached. Check the connection and try again.");
    });
    if (!result) return;
    if (result.ok) return onDone(result.data, values);
    const known = Object.entries(result.error.fields ?? {}).filter(([name]) => name in form.getValues());
    for (const field of known) {
      const [name, message] = field;
      form.setError(name as FieldPath<Values>, { message }, { shouldFocus: field === known[0] });
    }
    if (!known.length) fail(result.error.message);
  });
  return { submit, failure: errors.root?.action?.message, busy: isSubmitting };
}

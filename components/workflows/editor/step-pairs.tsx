"use client";

import { Plus, X } from "lucide-react";
import { Fragment } from "react";
import { useFieldArray, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { StepTemplate, StepText } from "./step-fields.tsx";
import { stepFieldId, useStepForm } from "./step-form-context.ts";

/** Names beside their templates: headers, query parameters, form fields. */
export function StepPairs({ path, title, add, noun }: { path: string; title: string; add: string; noun: string }) {
  const { id, control, readOnly } = useStepForm();
  const list = useFieldArray({ control, name: path });
  const values = useWatch({ control, name: path }) as { name: string }[] | undefined;
  const append = () => {
    const at = list.fields.length;
    list.append({ name: "", value: "" }, { shouldFocus: false });
    setTimeout(() => document.getElementById(stepFieldId(id, `${path}.${at}.name`))?.focus());
  };
  return (
    <section aria-label={title}>
      {list.fields.length > 0 && (
        <div className="flow-pairs">
          {list.fields.map((field, index) => {
            const name = values?.[index]?.name || `${noun.toLowerCase()} ${index + 1}`;
            return (
              <Fragment key={field.id}>
                <StepText path={`${path}.${index}.name`} label={`${noun} name`} hideLabel mono placeholder="Name" />
                <StepTemplate path={`${path}.${index}.value`} label={`Value of ${name}`} hideLabel placeholder="Value" />
                <IconButton
                  label={`Remove ${name}`}
                  icon={<X aria-hidden className="icon-s" />}
                  disabled={readOnly}
                  onClick={() => list.remove(index)}
                />
              </Fragment>
            );
          })}
        </div>
      )}
      {!readOnly && (
        <Button variant="ghost" size="small" className={list.fields.length > 0 ? "mt-2 -ml-2" : "-ml-2"} onClick={append}>
          <Plus aria-hidden />
          {add}
        </Button>
      )}
    </section>
  );
}

"use client";

import { Plus, X } from "lucide-react";
import { Fragment, useId } from "react";
import { type FieldArrayPath, useFieldArray, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import type { RequestBody } from "#lib/resources/schema.ts";
import { METHODS } from "#lib/resources/words.ts";
import type { VariableCatalog } from "#lib/template/variables.ts";
import type { TriggerForm } from "#lib/triggers/schema.ts";
import { SelectAt, TemplateAt, TextAt } from "./fields.tsx";
import { fieldId, useTrigger } from "./setup-context.ts";

const BODIES = [
  { value: "none", label: "None" },
  { value: "json", label: "JSON" },
  { value: "form", label: "Form" },
  { value: "raw", label: "Raw" },
] as const;

const NEW_BODIES: { [Kind in RequestBody["kind"]]: Extract<RequestBody, { kind: Kind }> } = {
  none: { kind: "none" },
  json: { kind: "json", text: '{\n  "url": "{{settings.webhookURL}}"\n}' },
  form: { kind: "form", fields: [{ name: "url", value: "{{settings.webhookURL}}" }] },
  raw: { kind: "raw", text: "{{settings.webhookURL}}", contentType: "text/plain" },
};

/** One request of a subscription, sent with the resource's own authentication. `what` names its fields: "Create". */
export function CallEditor({ path, what }: { path: "body.subscription.create" | "body.subscription.teardown"; what: string }) {
  const id = useId();
  const { form, known: catalogs } = useTrigger();
  const known = path === "body.subscription.create" ? catalogs.create : catalogs.teardown;
  const kind = useWatch({ control: form.control, name: `${path}.body.kind` });
  return (
    <div className="stack">
      <div className="trig-call">
        <SelectAt path={`${path}.method`} label={`${what} method`} hideLabel>
          {METHODS.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </SelectAt>
        <TemplateAt path={`${path}.path`} label={`${what} path`} hideLabel known={known} placeholder="/webhooks" />
      </div>
      <Pairs path={`${path}.headers`} what={`${what} header`} add="Add header" known={known} />
      {/* What is said of the body leads here where it has no text of its own. */}
      <div id={kind === "json" || kind === "raw" ? undefined : fieldId(`${path.slice("body.".length)}.body.text`)}>
        <Segmented
          id={id}
          label={`${what} body`}
          items={BODIES}
          value={kind}
          onChange={(next) => form.setValue(`${path}.body`, NEW_BODIES[next], { shouldDirty: true })}
        />
        <div {...tabPanelProps(id, kind)} className="mt-2 empty:hidden">
          {kind === "json" && (
            <TemplateAt path={`${path}.body.text`} label={`${what} JSON body`} hideLabel known={known} format="json" rows={4} />
          )}
          {kind === "form" && <Pairs path={`${path}.body.fields`} what={`${what} form field`} add="Add form field" known={known} />}
          {kind === "raw" && (
            <div className="stack">
              <TextAt path={`${path}.body.contentType`} label="Content type" mono />
              <TemplateAt path={`${path}.body.text`} label={`${what} raw body`} hideLabel known={known} rows={4} />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** Names beside their templates. */
export function Pairs({ path, what, add, known }: { path: string; what: string; add: string; known: VariableCatalog }) {
  const { form } = useTrigger();
  const rows = useFieldArray({ control: form.control, name: path as FieldArrayPath<TriggerForm> });
  return (
    <div>
      {rows.fields.length > 0 && (
        <div className="trig-pairs">
          {rows.fields.map((row, index) => (
            <Fragment key={row.id}>
              <TextAt path={`${path}.${index}.name`} label={`${what} ${index + 1}`} hideLabel mono placeholder="Name" />
              <TemplateAt path={`${path}.${index}.value`} label={`Value of ${what.toLowerCase()} ${index + 1}`} hideLabel known={known} />
              <IconButton
                label={`Remove ${what.toLowerCase()} ${index + 1}`}
                icon={<X aria-hidden className="icon-s" />}
                onClick={() => rows.remove(index)}
              />
            </Fragment>
          ))}
        </div>
      )}
      <Button variant="ghost" size="small" onClick={() => rows.append({ name: "", value: "" })}>
        <Plus aria-hidden />
        {add}
      </Button>
    </div>
  );
}

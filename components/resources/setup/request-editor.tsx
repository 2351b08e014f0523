"use client";

import { useId } from "react";
import { useWatch } from "react-hook-form";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import type { VariablePlace } from "#lib/resources/list-known-variables.ts";
import type { RequestBody } from "#lib/resources/schema.ts";
import { METHODS } from "#lib/resources/words.ts";
import { DraftSelect, DraftTemplate, DraftText } from "./fields.tsx";
import { PairRows } from "./pair-rows.tsx";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";

const BODIES = [
  { value: "none", label: "None" },
  { value: "json", label: "JSON" },
  { value: "form", label: "Form" },
  { value: "raw", label: "Raw" },
] as const;

const NEW_BODIES: { [Kind in RequestBody["kind"]]: Extract<RequestBody, { kind: Kind }> } = {
  none: { kind: "none" },
  json: { kind: "json", text: "{\n  \n}" },
  form: { kind: "form", fields: [{ name: "", value: "" }] },
  raw: { kind: "raw", text: "", contentType: "text/plain" },
};

/** One request as a template: method and path at once, the rest when opened. */
export function RequestEditor({ path, place }: { path: "test.request" | "profile.request"; place: VariablePlace }) {
  const id = useId();
  const { control, form } = useSetup();
  const { query, headers, body } = useWatch({ control, name: path });
  const { kind } = body;
  const facts = [
    ...(query.length > 0 ? [count(query.length, "parameter")] : []),
    ...(headers.length > 0 ? [count(headers.length, "header")] : []),
    ...(kind === "none" ? [] : [`${BODIES.find((each) => each.value === kind)!.label} body`]),
  ];
  return (
    <>
      <div className="setup-call">
        <DraftSelect path={`${path}.method`} label="Method" hideLabel>
          {METHODS.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </DraftSelect>
        <DraftTemplate path={`${path}.path`} label="Path" hideLabel place={place} placeholder="/me" />
      </div>
      <div className="mt-3">
        <Disclosure
          title={
            <span className="flex w-full text-13">
              Query, headers and body <span className="ml-auto text-12 font-normal text-3">{facts.join(", ")}</span>
            </span>
          }
        >
          <div className="stack mt-3">
            <PairRows path={`${path}.query`} title="Query" add="Add query parameter" noun="Parameter" place={place} />
            <PairRows path={`${path}.headers`} title="Request headers" add="Add request header" noun="Header" place={place} />
            <section aria-label="Body">
              <h3 className="mb-2">Body</h3>
              <Segmented
                id={id}
                label="Body"
                items={BODIES}
                value={kind}
                onChange={(next) => form.setValue(`${path}.body`, NEW_BODIES[next], { shouldDirty: true })}
              />
              <div {...tabPanelProps(id, kind)} className="mt-2 empty:hidden">
                {kind === "json" && (
                  <DraftTemplate path={`${path}.body.text`} label="JSON body" hideLabel place={place} format="json" rows={6} />
                )}
                {kind === "form" && (
                  <PairRows path={`${path}.body.fields`} title="Form fields" add="Add form field" noun="Field" place={place} />
                )}
                {kind === "raw" && (
                  <div className="stack">
                    <DraftText path={`${path}.body.contentType`} label="Content type" mono />
                    <DraftTemplate path={`${path}.body.text`} label="Raw body" hideLabel place={place} rows={6} />
                  </div>
                )}
              </div>
            </section>
          </div>
        </Disclosure>
      </div>
    </>
  );
}

"use client";

import { useId } from "react";
import { Segmented } from "#components/ui/segmented.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import type { RequestBody } from "#lib/resources/schema.ts";
import { DraftText } from "./fields.tsx";
import { PairRows } from "./pair-rows.tsx";
import { BODIES, type RequestEditorProps } from "./request-editor.tsx";
import { useSetup } from "./setup-context.ts";
import { DraftTemplate } from "./template-field.tsx";

const NEW_BODIES: { [Kind in RequestBody["kind"]]: Extract<RequestBody, { kind: Kind }> } = {
  none: { kind: "none" },
  json: { kind: "json", text: "{\n  \n}" },
  form: { kind: "form", fields: [{ name: "", value: "" }] },
  raw: { kind: "raw", text: "", contentType: "text/plain" },
};

/** Query, headers and body. */
export function RequestParts({ path, place, kind }: RequestEditorProps & { kind: RequestBody["kind"] }) {
  const id = useId();
  const { form } = useSetup();
  return (
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
          {kind === "json" && <DraftTemplate path={`${path}.body.text`} label="JSON body" hideLabel place={place} format="json" rows={6} />}
          {kind === "form" && <PairRows path={`${path}.body.fields`} title="Form fields" add="Add form field" noun="Field" place={place} />}
          {kind === "raw" && (
            <div className="stack">
              <DraftText path={`${path}.body.contentType`} label="Content type" mono />
              <DraftTemplate path={`${path}.body.text`} label="Raw body" hideLabel place={place} rows={6} />
            </div>
          )}
        </div>
      </section>
    </div>
  );
}

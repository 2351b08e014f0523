"use client";

import { lazy, Suspense, useId, useState } from "react";
import { useWatch } from "react-hook-form";
import { Segmented } from "#components/ui/segmented.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { TabList, tabPanelProps } from "#components/ui/tab-list.tsx";
import { METHODS } from "#lib/resources/words.ts";
import { StepNumber, StepSelect, StepSwitch, StepTemplate, StepText } from "../step-fields.tsx";
import { useStepForm } from "../step-form-context.ts";
import { StepPairs } from "../step-pairs.tsx";
import type { SampledScope } from "../step-variables.ts";

const RenderedRequest = lazy(async () => ({ default: (await import("../rendered-request.tsx")).RenderedRequest }));

const BODIES = [
  { value: "none", label: "None" },
  { value: "json", label: "JSON" },
  { value: "form", label: "Form" },
  { value: "multipart", label: "Multipart" },
  { value: "raw", label: "Raw" },
] as const;
type BodyKind = (typeof BODIES)[number]["value"];

const NEW_BODIES: Record<BodyKind, object> = {
  none: { kind: "none" },
  json: { kind: "json", text: "{\n  \n}" },
  form: { kind: "form", fields: [{ name: "", value: "" }] },
  multipart: { kind: "multipart", fields: [{ name: "", value: "" }] },
  raw: { kind: "raw", text: "", contentType: "text/plain" },
};

type Part = "body" | "headers" | "query";

/** "<Name> Request": method and path, then the parts of the request one at a time. */
export function RequestForm({ baseUrl, sampled }: { baseUrl: string; sampled: SampledScope }) {
  const id = useId();
  const { control } = useStepForm();
  const request = useWatch({ control, name: "request" }) as { query: unknown[]; headers: unknown[]; body: { kind: BodyKind } };
  const [part, setPart] = useState<Part>("body");
  const parts = [
    { value: "body", label: "Body" },
    { value: "headers", label: <Counted label="Headers" n={request.headers.length} /> },
    { value: "query", label: <Counted label="Query" n={request.query.length} /> },
  ] as const;
  return (
    <>
      <div className="ui-field">
        <div className="flow-request-line">
          <StepSelect path="request.method" label="Method" hideLabel>
            {METHODS.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </StepSelect>
          <StepTemplate path="request.path" label="Path" hideLabel placeholder="/tasks" />
        </div>
        {baseUrl && <p className="ui-hint">Below {baseUrl}</p>}
      </div>
      <div>
        <TabList id={id} label="Request parts" items={parts} value={part} onChange={setPart} look="views" className="mb-2" />
        <div {...tabPanelProps(id, part)}>
          {part === "body" && <BodyFields kind={request.body.kind} />}
          {part === "headers" && <StepPairs path="request.headers" title="Headers" add="Add header" noun="Header" />}
          {part === "query" && <StepPairs path="request.query" title="Query" add="Add query parameter" noun="Parameter" />}
        </div>
      </div>
      <Suspense>
        <RenderedRequest sampled={sampled} />
      </Suspense>
    </>
  );
}

const Counted = ({ label, n }: { label: string; n: number }) => (
  <>
    {label} <span className="font-normal text-3">{n}</span>
  </>
);

function BodyFields({ kind }: { kind: BodyKind }) {
  const id = useId();
  const { set, readOnly } = useStepForm();
  return (
    <>
      <Segmented id={id} label="Body" items={BODIES} value={kind} onChange={(next) => !readOnly && set("request.body", NEW_BODIES[next])} />
      <div {...tabPanelProps(id, kind)} className="mt-2 empty:hidden">
        {kind === "json" && (
          <StepTemplate
            path="request.body.text"
            label="JSON body"
            hideLabel
            format="json"
            rows={8}
            hint="Values keep their type and can’t break out of the JSON."
          />
        )}
        {kind === "form" && <StepPairs path="request.body.fields" title="Form fields" add="Add form field" noun="Field" />}
        {kind === "multipart" && <StepPairs path="request.body.fields" title="Parts" add="Add part" noun="Part" />}
        {kind === "raw" && (
          <div className="stack">
            <StepText path="request.body.contentType" label="Content type" mono />
            <StepTemplate path="request.body.text" label="Raw body" hideLabel rows={8} />
          </div>
        )}
      </div>
    </>
  );
}

const NEW_PAGING = { next: "$.next", parameter: "", items: "$.data", most: 10 };

/** What happens when it fails, and what follows a first page. */
export function RetryForm() {
  const { control, set, readOnly } = useStepForm();
  const paging = useWatch({ control, name: "paging" }) as object | undefined;
  return (
    <>
      <StepSwitch
        path="continueOnFailure"
        label="Continue on failure"
        hint="The steps after it run, and read its status. Off: the run ends as failed."
      />
      <StepNumber
        path="attempts"
        label="Attempts in all"
        min={1}
        max={5}
        hint="Time-outs, 429 and 5xx are tried again, as late as Retry-After says."
      />
      <div className="flex items-start gap-3">
        <Switch
          label="Follow pages"
          checked={paging !== undefined}
          disabled={readOnly}
          onCheckedChange={(isOn) => set("paging", isOn ? NEW_PAGING : undefined)}
        />
        <div>
          <b>Follow pages</b>
          <p className="ui-hint mt-0!">The result’s body is then the list of all items.</p>
        </div>
      </div>
      {paging && (
        <>
          <StepText
            path="paging.next"
            label="Next page at"
            mono
            placeholder="$.meta.next"
            hint="A JSON path in the answer. Where nothing is there, the last page has come."
          />
          <StepText
            path="paging.parameter"
            label="Query parameter"
            mark="Optional"
            mono
            placeholder="cursor"
            hint="What stands there goes into it. Without one, what stands there is the address of the next page."
          />
          <StepText path="paging.items" label="Items at" mark="Optional" mono placeholder="$.data" />
          <StepNumber path="paging.most" label="Pages at most" min={1} max={100} />
        </>
      )}
    </>
  );
}

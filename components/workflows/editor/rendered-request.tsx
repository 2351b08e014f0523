"use client";

import { useId, useState } from "react";
import { useWatch } from "react-hook-form";
import { JsonText } from "#components/requests/json-text.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import type { RequestStep } from "#lib/workflows/schema.ts";
import { type RenderedStep, renderStep } from "./render-step.ts";
import { useStepForm } from "./step-form-context.ts";
import type { SampledScope } from "./step-variables.ts";

/** Items of a fan out that can be looked at. */
const MOST_ITEMS = 3;

/** The request as the samples fill it, while it is written. Loaded with the template engine, when a request is first looked at. */
export function RenderedRequest({ sampled: { items, ...scope } }: { sampled: SampledScope }) {
  const id = useId();
  const { control, known } = useStepForm();
  const request = useWatch({ control, name: "request" }) as RequestStep["request"];
  const [chosen, setChosen] = useState("0");
  const shown = (items ?? []).slice(0, MOST_ITEMS);
  const at = Number(chosen) < shown.length ? chosen : "0";
  const rendered = renderStep(request, items ? { ...scope, item: shown[Number(at)] } : scope, known);
  if (!rendered) return null;
  const text = wordsOf(rendered);
  const block = (
    <CodeBlock label="Rendered request" title={<code>{rendered.line}</code>} code={text} wrap>
      {rendered.isJson ? <JsonText text={text} /> : text || "No headers, no body"}
    </CodeBlock>
  );
  return (
    <section aria-label="Rendered with the samples">
      <div className="mb-2 flex min-h-7 items-center gap-2">
        <h3>Rendered with the samples</h3>
        {shown.length > 1 && (
          <span className="ml-auto">
            <Segmented
              id={id}
              label="Item"
              items={shown.map((_, index) => ({ value: String(index), label: index === 0 ? "Item 1" : String(index + 1) }))}
              value={at}
              onChange={setChosen}
            />
          </span>
        )}
      </div>
      {shown.length > 1 ? <div {...tabPanelProps(id, at)}>{block}</div> : block}
    </section>
  );
}

function wordsOf({ headers, body }: RenderedStep): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [...lines, ...(lines.length > 0 && body ? [""] : []), ...(body ? [body] : [])].join("\n");
}

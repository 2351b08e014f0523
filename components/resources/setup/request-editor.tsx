"use client";

import { useWatch } from "react-hook-form";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { VariablePlace } from "#lib/resources/list-known-variables.ts";
import { METHODS } from "#lib/resources/words.ts";
import { DraftSelect } from "./fields.tsx";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { DraftTemplate } from "./template-field.tsx";

export const BODIES = [
  { value: "none", label: "None" },
  { value: "json", label: "JSON" },
  { value: "form", label: "Form" },
  { value: "raw", label: "Raw" },
] as const;

const RequestParts = lazyPart(async () => (await import("./request-parts.tsx")).RequestParts, <Skeleton className="mt-3 h-60" />);

export interface RequestEditorProps {
  path: "test.request" | "profile.request";
  place: VariablePlace;
}

/** One request as a template: method and path at once, the rest when opened. */
export function RequestEditor({ path, place }: RequestEditorProps) {
  const { control } = useSetup();
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
          <RequestParts path={path} place={place} kind={kind} />
        </Disclosure>
      </div>
    </>
  );
}

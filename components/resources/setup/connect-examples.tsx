"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CodeExamples } from "#components/resources/code-examples.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { SuppliedField } from "#lib/credentials/schema.ts";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { fieldsOf } from "./supplied-fields.ts";

/** The code of this very draft. Made and highlighted by the server, which keeps the highlighter out of the browser. */
export const ConnectExamples = () => (
  <QueryProvider>
    <Examples />
  </QueryProvider>
);

function Examples() {
  const { draft, name, projectId, resourceId, actions } = useSetup();
  const fields = fieldsOf(draft);
  const examples = useQuery({
    queryKey: ["connect-examples", resourceId, draft.level, draft.authType, fields.map(({ key, example }) => [key, example])],
    queryFn: async () => {
      const answer = await actions.readExamples({ projectId, resourceId });
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.data;
    },
    placeholderData: keepPreviousData,
    enabled: draft.level === "user" && draft.authType !== undefined,
  });
  if (draft.level !== "user") return null;

  const asked = describeAsked(fields);
  return (
    <section className="section-rule" aria-labelledby="connect-title">
      <div className="mb-3">
        <h2 id="connect-title">Connect a user from your app</h2>
        <p className="text-2">{asked ? `The keys are those of ${name}: ${asked}.` : `${name} asks users for nothing.`}</p>
      </div>
      {examples.data && examples.data.length > 0 ? <CodeExamples examples={examples.data} /> : <Skeleton className="h-60" />}
      {examples.error && <p className="ui-hint mt-2">{examples.error.message}</p>}
    </section>
  );
}

/** "2 Required Inputs and the tokens" */
function describeAsked(fields: SuppliedField[]): string {
  const of = (kind: SuppliedField["kind"]) => fields.filter((field) => field.kind === kind).length;
  const parts = [
    ...(of("input") > 0 ? [count(of("input"), "Required Input")] : []),
    ...(of("token") > 0 ? ["the tokens"] : []),
    ...(of("key") > 0 ? [count(of("key"), "API key")] : []),
  ];
  return parts.join(" and ");
}

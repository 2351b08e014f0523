"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CodeExamples } from "#components/resources/code-examples.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { fieldsOf } from "./credential-fields.tsx";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";

/** The code of this very draft. Made and highlighted by the server, which keeps the highlighter out of the browser. */
export function ConnectExamples() {
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

  const inputs = fields.filter(({ kind }) => kind === "input").length;
  const others = fields.length > inputs ? (fields.some(({ kind }) => kind === "token") ? "the tokens" : "the keys") : "";
  const asked = [...(inputs > 0 ? [count(inputs, "Required Input")] : []), ...(others ? [others] : [])].join(" and ");
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

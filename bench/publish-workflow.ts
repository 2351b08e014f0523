import { randomUUID } from "node:crypto";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { workflow, workflowVersion } from "#db/schema/workflows.ts";
import type { Step } from "#lib/workflows/schema.ts";
import { startRuns } from "#lib/workflows/start-run.ts";

/** A live workflow that begins with an App Event of its own name, as publishing leaves it. */
export async function publishWorkflow(scope: Scope, db: Database, name: string, steps: Step[]): Promise<string> {
  const id = randomUUID();
  await db.insert(workflow).values({ ...scope, id, name, liveVersion: 1, isEnabled: true, triggerType: "event", triggerKey: name });
  const body = { trigger: { type: "event" as const, name, example: "" }, steps };
  await db.insert(workflowVersion).values({ ...scope, workflowId: id, number: 1, schemaVersion: bodyVersion("workflow"), body });
  return id;
}

/** Starts so many runs of it, each in a transaction of its own; gives their ids. */
export async function startMany(scope: Scope, db: Database, name: string, userId: string | null, amount: number): Promise<string[]> {
  const ids: string[] = [];
  let left = amount;
  const hand = async () => {
    while (left-- > 0) {
      const { runIds } = await db.transaction((tx) =>
        startRuns(tx, scope, { source: { type: "event", name }, userId, payload: { n: left } }),
      );
      ids.push(...runIds);
    }
  };
  await Promise.all([hand(), hand()]);
  return ids;
}

export const requestStepTo = (resourceId: string, name: string): Step => ({
  id: randomUUID(),
  name,
  type: "request",
  resourceId,
  request: { method: "POST", path: "/tasks", query: [], headers: [], body: { kind: "json", text: '{"n":"{{trigger.n}}"}' } },
  attempts: 5,
  continueOnFailure: false,
});

/** The cheapest step there is: its condition is decided without a call, and both branches are empty. */
export const emptyStep = (name: string): Step => ({
  id: randomUUID(),
  name,
  type: "condition",
  groups: [{ rules: [{ left: "{{trigger.n}}", operator: "exists", right: "" }] }],
  // biome-ignore lint/suspicious/noThenProperty: a list of steps
  then: [],
  else: [],
});

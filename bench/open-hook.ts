import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Connection } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { addTriggerSecret } from "#lib/triggers/change-trigger-secrets.ts";
import { createTrigger } from "#lib/triggers/create-trigger.ts";
import { finishTrigger } from "#lib/triggers/finish-trigger.ts";
import { readTrigger } from "#lib/triggers/read-trigger.ts";
import { TriggerDraft } from "#lib/triggers/schema.ts";
import { createWorkflow } from "#lib/workflows/create-workflow.ts";
import { publishWorkflow } from "#lib/workflows/publish-workflow.ts";
import { WorkflowDraft } from "#lib/workflows/schema.ts";
import { apiKeyDraft, publishDraft } from "./publish-draft.ts";

export const SIGNATURE = "x-signature";
export const DELIVERY_ID = "x-delivery";

export type Hook = {
  workflowId: string;
  triggerId: string;
  secret: string;
  /** Below a gateway's origin. */
  path: string;
};

/** What an API sends for the event `id`, signed with the hook's secret. */
export function signEvent({ secret }: Pick<Hook, "secret">, id: string): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify({ event: "task.created", task: { id, title: "Count the screws", project: "northgate" } });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return { headers: { "content-type": "application/json", [SIGNATURE]: signature, [DELIVERY_ID]: id }, body };
}

/** A webhook URL whose events are signed by HMAC and taken once by their id, and a live workflow of one idle step that starts with them. */
export async function openHook(opened: Connection & { scope: Scope; actor: Actor }): Promise<Hook> {
  const { db, scope, actor } = opened;
  // Nothing is called there.
  const resourceId = await publishDraft(opened, scope, "Sender", apiKeyDraft("http://127.0.0.1:9"));
  const body = TriggerDraft.parse({
    level: "app",
    creation: "manual",
    user: { by: "nobody" },
    verification: { scheme: "hmac", header: SIGNATURE },
    dedupe: { by: "header", name: DELIVERY_ID },
  });
  const { id: triggerId } = await createTrigger(scope, db, actor, { resourceId, name: "Task created", body });
  const secret = randomBytes(24).toString("base64url");
  await addTriggerSecret(scope, db, actor, { triggerId, value: secret });
  await finishTrigger(scope, db, actor, { triggerId, version: 1 });
  const view = await readTrigger(scope, opened, triggerId);
  if (!view?.ready) throw new Error("The trigger isn't ready.");

  const step = {
    id: randomUUID(),
    name: "holds",
    type: "condition",
    groups: [{ rules: [{ left: "1", operator: "equals", right: "1" }] }],
    // biome-ignore lint/suspicious/noThenProperty: a list of steps, nothing that could be called
    then: [],
    else: [],
  };
  const draft = WorkflowDraft.parse({ trigger: { type: "resource", resourceId, triggerId }, steps: [step] });
  const { id: workflowId } = await createWorkflow(scope, db, actor, { name: "On each task", body: draft });
  await publishWorkflow(scope, db, actor, { workflowId, version: 1 });
  return { workflowId, triggerId, secret, path: new URL(view.url).pathname };
}

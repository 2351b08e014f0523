/** A test of one step, from the editor: as the test user, with the samples of what comes before it. Nothing of it is a run. */
import { and, eq, isNull, sql } from "drizzle-orm";
import { findLiveCredential, type StoredLive } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTestCredentialId, findWorkflow, listUsableResources, listWorkflowSamples } from "#db/queries/workflows.ts";
import { workflow, workflowSample } from "#db/schema/workflows.ts";
import { redactorOf, redactRequest, redactResponse, secretHeaderValues } from "#lib/activity/redact.ts";
import type { SeenRequest, SeenResponse } from "#lib/activity/schema.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { listSecretValues } from "#lib/credentials/list-secret-values.ts";
import { parseJson } from "#lib/credentials/means-expired.ts";
import { AppError } from "#lib/errors.ts";
import { buildRequest } from "#lib/requests/build-request.ts";
import { obtainLive } from "#lib/requests/obtain-live.ts";
import { performLive } from "#lib/requests/perform-live.ts";
import { type Spine, scopeOf } from "#lib/requests/perform-request.ts";
import { readsCredential, secretsReadBy } from "#lib/resources/list-secret-references.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { storableJson } from "#lib/storable.ts";
import { renderJson, renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import { listStepTemplates } from "./list-step-templates.ts";
import { templateOf } from "./perform-request-step.ts";
import { readTriggerSample } from "./read-trigger-sample.ts";
import { runFunction } from "./run-function.ts";
import type { RequestStep, Step, WorkflowDraft } from "./schema.ts";
import { readValue } from "./step-scope.ts";
import { fansAround, findStep, stepsBefore } from "./step-tree.ts";
import { looksLikeJson } from "./words.ts";

export type TestedStep = {
  /** `asks`: the request isn't a GET, and nobody has confirmed it. */
  state: "passed" | "failed" | "asks";
  summary: string;
  problem?: { message: string; fix: string; setUp?: { resourceId: string } };
  request?: SeenRequest;
  response?: SeenResponse;
  durationMs?: number;
};
export type StepTestReport = { test: TestedStep; sample: { value: unknown; at: string; from: string } | null };

/** `output`: undefined where the step gives later ones nothing new to read. */
type Tested = { test: TestedStep; output?: unknown };

export type StepTestInput = {
  workflowId: string;
  stepId: string;
  /** Sends what isn't a GET. */
  confirmed: boolean;
  requestId: string;
  /** Only then secrets and credentials are sent in a step's own fields: a draft is anybody's who may edit, and read what it wrote. */
  byAdmin: boolean;
};

/** A sample longer than this isn't kept: it would make every page of the editor heavy. */
const MOST_SAMPLE = 262_144;

export async function testStep(spine: Spine, scope: Scope, actor: Actor, input: StepTestInput): Promise<StepTestReport> {
  const { workflowId, stepId } = input;
  const found = await findWorkflow(scope, spine.db, workflowId);
  const step = found && findStep(found.draft.body.steps, stepId);
  if (!found || !step) throw new AppError("not_found", "This step isn’t in the saved draft. Wait until it is saved, then test again.");
  const variables = await variablesOf(spine, scope, workflowId, found.draft.body, step);
  const { test, output } = await testOne(spine, scope, input, step, variables);
  const isKept = test.state === "passed" && output !== undefined;
  const sample = isKept ? await keepSample(spine, scope, actor, input, output) : null;
  return { test, sample };
}

/** What the step's templates read: the samples of the trigger and of the steps before it, and the first item of the list around it. */
async function variablesOf(
  { db }: Spine,
  scope: Scope,
  workflowId: string,
  body: WorkflowDraft,
  step: Step,
): Promise<Pick<TemplateScope, "trigger" | "steps" | "item">> {
  const [stored, trigger] = await Promise.all([
    listWorkflowSamples(scope, db, workflowId),
    readTriggerSample(scope, db, body.trigger, new Date()),
  ]);
  const samples = new Map(stored.map(({ key, value }) => [key, value]));
  const known = {
    trigger: trigger?.value ?? {},
    steps: Object.fromEntries(
      // A fan out's sample is the list that it goes through, which isn't what it gives.
      stepsBefore(body.steps, step.id).flatMap(({ id, name, type }) =>
        type !== "fan_out" && samples.has(id) ? [[name, samples.get(id)]] : [],
      ),
    ),
  };
  const fan = fansAround(body.steps, step.id).at(-1);
  if (fan?.type !== "fan_out") return known;
  const items = samples.get(fan.id) ?? readValue(fan.items, known);
  return Array.isArray(items) && items.length > 0 ? { ...known, item: items[0] as unknown } : known;
}

async function testOne(spine: Spine, scope: Scope, input: StepTestInput, step: Step, variables: TemplateScope): Promise<Tested> {
  const user = { id: "test-user", metadata: {} };
  const values = { ...variables, user };
  try {
    switch (step.type) {
      case "request":
        return await testRequest(spine, scope, input, step, variables);
      case "condition": {
        const isTrue = evaluateCondition(step, values);
        return { test: { state: "passed", summary: isTrue ? "True" : "False" }, output: { branch: isTrue ? "then" : "else" } };
      }
      case "fan_out": {
        const items = readValue(step.items, values);
        if (Array.isArray(items))
          return { test: { state: "passed", summary: items.length === 1 ? "1 item" : `${items.length} items` }, output: items };
        return failed(
          "Not a list",
          `${step.items.trim() || "The list"} isn’t a list in these samples.`,
          "Name one, or test the step that gives it first.",
        );
      }
      case "delay":
        return { test: { state: "passed", summary: "Skipped in test" } };
      case "function": {
        const result = await runFunction(step.code, values);
        return result.ok
          ? { test: { state: "passed", summary: "Ran" }, output: result.output }
          : failed("Failed", result.failure.message, result.failure.fix);
      }
      case "response": {
        const body = looksLikeJson(step.body) ? renderJson(step.body, values) : renderTemplate(step.body, values, "text");
        const headers = step.headers
          .filter(({ name }) => name)
          .map(({ name, value }): [string, string] => [name, renderTemplate(value, values, "header")]);
        const answer = { status: step.status, headers, body };
        const response = { ...answer, statusText: "", size: Buffer.byteLength(body) };
        return { test: { state: "passed", summary: `Would answer ${step.status}`, response }, output: answer };
      }
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return failed("Not sent", error.message, "Correct the field, or test the steps before it first: their samples are what it reads.");
  }
}

const failed = (summary: string, message: string, fix: string, setUp?: { resourceId: string }): Tested => ({
  test: { state: "failed", summary, problem: { message, fix, ...(setUp ? { setUp } : {}) } },
});

async function testRequest(
  spine: Spine,
  scope: Scope,
  { confirmed, requestId, byAdmin }: StepTestInput,
  step: RequestStep,
  variables: TemplateScope,
): Promise<Tested> {
  const { resourceId } = step;
  const resource = (await listUsableResources(scope, spine.db)).find(({ id }) => id === resourceId);
  if (!resource) return failed("Not sent", "Its resource was deleted or isn’t published.", "Publish it, or delete the step.");
  const secretNames = secretsReadBy(resource.definition, listStepTemplates(step));
  if (!byAdmin && secretNames.length > 0) {
    return failed("Not sent", "This step sends a secret of the project.", "An admin can test it: a draft is anybody’s who may edit.");
  }
  if (!byAdmin && readsCredential(resource.definition, listStepTemplates(step))) {
    return failed(
      "Not sent",
      "This step sends a credential in a field of its own.",
      "An admin can test it. What the resource itself sends to authenticate needs no field here.",
    );
  }
  const credential = await findTestCredential(spine, scope, resourceId, resource.definition.authType);
  if (!credential) {
    return failed(
      "Not sent",
      `${resource.name} has no test credential.`,
      "Enter values under Test and Publish and send a test request once.",
      {
        resourceId,
      },
    );
  }
  const definition = await loadRevision(scope, spine.sql, resourceId, credential.liveRevision);
  const call = {
    scope,
    resourceId,
    definition,
    credential,
    user: { id: credential.externalId ?? "test-user", metadata: credential.metadata ?? {} },
    profile: credential.profile,
    variables,
    request: templateOf(step, `test-${requestId}`),
    kind: "call",
    source: "test",
    requestId,
  } as const;

  const changes = step.request.method !== "GET" && step.request.method !== "HEAD";
  if (changes && !confirmed) {
    const obtained = await obtainLive(spine, call);
    if (!obtained.ok) return failed("Not sent", obtained.failure.message, "Send a test request in the resource’s setup.", { resourceId });
    const standIns = Object.fromEntries(secretNames.map((name) => [name, "••••••"]));
    const request = buildRequest(definition, call.request, scopeOf(call, obtained.secrets, standIns));
    const redact = redactorOf([...listSecretValues(definition, obtained.secrets), ...secretHeaderValues(request)]);
    return { test: { state: "asks", summary: "Asks first", request: redactRequest(request, redact) } };
  }

  const performed = await performLive(spine, call);
  if (!performed.ok) return failed("Not sent", performed.failure.message, "Send a test request in the resource’s setup.", { resourceId });
  const { outcome, request, redact } = performed;
  const sent = request ? { request: redactRequest(request, redact) } : {};
  if (outcome.kind === "failure") {
    return {
      test: { state: "failed", summary: "No answer", problem: { message: redact(outcome.message), fix: redact(outcome.fix) }, ...sent },
    };
  }
  const response = redactResponse(outcome, redact);
  const passed = outcome.status >= 200 && outcome.status < 300;
  const test = {
    state: passed ? ("passed" as const) : ("failed" as const),
    summary: `${outcome.status}, ${Math.round(outcome.durationMs)} ms`,
    ...sent,
    response,
    durationMs: outcome.durationMs,
  };
  const seen = new TextEncoder().encode(response.body ?? "");
  return {
    test,
    output: { status: outcome.status, headers: Object.fromEntries(response.headers), body: parseJson(seen) ?? response.body ?? null },
  };
}

async function findTestCredential(spine: Spine, scope: Scope, resourceId: string, authType: string): Promise<StoredLive | null> {
  const id = await findTestCredentialId(scope, spine.db, resourceId, authType);
  return id ? await findLiveCredential(scope, spine.sql, id) : null;
}

async function keepSample(
  { db }: Spine,
  scope: Scope,
  actor: Actor,
  { workflowId, stepId }: StepTestInput,
  output: unknown,
): Promise<StepTestReport["sample"]> {
  const value = storableJson(output) ?? output;
  if (JSON.stringify(value).length > MOST_SAMPLE) return null;
  return await db.transaction(async (tx) => {
    const [alive] = await tx
      .select({ id: workflow.id })
      .from(workflow)
      .where(and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt)))
      .for("share");
    if (!alive) return null;
    const [kept] = await tx
      .insert(workflowSample)
      .values({ ...scope, workflowId, key: stepId, source: "Test", value })
      .onConflictDoUpdate({
        target: [workflowSample.projectId, workflowSample.workflowId, workflowSample.key],
        set: { value, source: "Test", at: sql`now()` },
      })
      .returning({ at: workflowSample.at });
    await recordAudit(tx, { ...scope, actor, action: "workflow.test-step", subject: `workflow:${workflowId}`, detail: { stepId } });
    return { value, at: kept!.at.toISOString(), from: "Test" };
  });
}

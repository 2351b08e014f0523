/** A Request step: one call through a published resource (or one for each page), as the run's user or as the app. */
import { createHash, randomUUID } from "node:crypto";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findStepCredential } from "#db/queries/step-credentials.ts";
import { redactRequest } from "#lib/activity/redact.ts";
import type { SeenRequest } from "#lib/activity/schema.ts";
import { readRetryAfter } from "#lib/credentials/refresh-policy.ts";
import { performLive } from "#lib/requests/perform-live.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { CallTemplate } from "#lib/resources/schema.ts";
import { storableJson } from "#lib/storable.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import { readHeader } from "#lib/transport/own-headers.ts";
import type { Answer } from "#lib/transport/schema.ts";
import type { RequestStep, StepBody, StepFailure } from "./schema.ts";

/** What templates read under `steps.<name>`: `{{steps.get_task.body.title}}`. JSON bodies as values, others as text. */
export type RequestOutput = { status: number; headers: Record<string, string>; body: unknown };

export type RequestResult = {
  /** As it went out, for people to see. */
  input: SeenRequest | null;
  inputBytes: number;
  /** "201 Created", "Time limit reached". */
  title: string;
  requestId: string;
} & (
  | { ok: true; output: RequestOutput; outputBytes: number }
  /** `passing`: it may work later; `retryAfterMs`, as the API asked. */
  | { ok: false; failure: StepFailure; output: RequestOutput | null; outputBytes: number; isPassing: boolean; retryAfterMs?: number }
);

export type StepCall = {
  step: RequestStep;
  userId: string | null;
  variables: Pick<TemplateScope, "trigger" | "steps" | "item">;
  /** The same on every attempt: an API that knows it does the work once. */
  idempotencyKey: string;
  /** Which run and step it is: its activity rows lead back to them. */
  run: { id: string; step: string };
};

/** Of all pages together. */
const MOST_OUTPUT = 2 * 1024 * 1024;
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const PASSING_FAILURE = new Set(["connect_refused", "connect_timeout", "reset", "timeout", "dns", "busy", "unreachable", "network"]);

export async function performRequestStep(spine: Spine, scope: Scope, call: StepCall): Promise<RequestResult> {
  const requestId = randomUUID();
  const { step } = call;
  const found = await findStepCredential(scope, spine.sql, step.resourceId, call.userId);
  if (!found)
    return refused(requestId, "resource_gone", "The resource was deleted or isn’t published.", "Choose another resource in this step.");
  const { resource, credential, user } = found;
  if (!credential) {
    return resource.level === "app"
      ? refused(
          requestId,
          "not_connected",
          "The resource has no credentials yet.",
          "An admin enters them in its Setup, under Request Details.",
        )
      : refused(requestId, "not_connected", "This user isn’t connected to the resource.", "Connect the user, then replay the run.");
  }
  const definition = await loadRevision(scope, spine.sql, resource.id, resource.liveRevision);
  const perform = (request: CallTemplate) =>
    performLive(spine, {
      scope,
      resourceId: resource.id,
      definition,
      credential,
      user,
      profile: credential.profile,
      variables: call.variables,
      request,
      kind: "call",
      source: "workflow",
      requestId,
      run: call.run,
    });

  let request = templateOf(step, call.idempotencyKey);
  const items: unknown[] = [];
  let outputBytes = 0;
  let first: { input: SeenRequest | null; inputBytes: number } | null = null;
  for (let page = 1; ; page++) {
    const performed = await perform(request);
    if (!performed.ok) {
      const { kind, message, fix } = performed.failure;
      return { ...refused(requestId, kind, message, fix), ...first, isPassing: PASSING_FAILURE.has(kind) || kind === "server_error" };
    }
    const { outcome, redact } = performed;
    first ??= {
      input: performed.request && redactRequest(performed.request, redact, 16_384),
      inputBytes: performed.request?.body ? Buffer.byteLength(performed.request.body) : 0,
    };
    const facts = { ...first, requestId };
    if (outcome.kind === "failure") {
      const failure = { kind: outcome.failure, message: redact(outcome.message), fix: redact(outcome.fix) };
      return {
        ...facts,
        ok: false,
        title: failure.message,
        failure,
        output: null,
        outputBytes: 0,
        isPassing: PASSING_FAILURE.has(outcome.failure),
      };
    }
    const title = `${outcome.status} ${outcome.statusText}`.trim();
    outputBytes += outcome.body.length;
    if (outputBytes > MOST_OUTPUT) {
      const failure = {
        kind: "output_too_large",
        message: page === 1 ? "The answer is larger than 2 MB." : `The first ${page} pages are larger than 2 MB together.`,
        fix: page === 1 ? "Ask for less: fewer items, or a page at a time." : "Ask for less: follow fewer pages, or filter at the API.",
      };
      return { ...facts, ok: false, title, failure, output: null, outputBytes, isPassing: false };
    }
    const output = outputOf(outcome, redact);
    if (outcome.status >= 400) {
      const failure = {
        kind: `http_${outcome.status}`,
        message: `The API answered ${title}.`,
        fix: "Look at its answer below, and correct what the step sends.",
      };
      const retryAfterMs = readRetryAfter(outcome.headers, databaseNow());
      return { ...facts, ok: false, title, failure, output, outputBytes, isPassing: PASSING_STATUS.has(outcome.status), retryAfterMs };
    }
    const { paging } = step;
    const next = paging && page < paging.most ? readJsonPath(output.body, paging.next) : undefined;
    if (!paging) return { ...facts, ok: true, title, output, outputBytes };
    const found = paging.items ? readJsonPath(output.body, paging.items) : output.body;
    items.push(...(Array.isArray(found) ? found : [found]));
    if (next === undefined || next === null || next === "") {
      return { ...facts, ok: true, title, output: { ...output, body: items }, outputBytes: Buffer.byteLength(JSON.stringify(items)) };
    }
    request = nextPage(templateOf(step, `${call.idempotencyKey}:${page + 1}`), paging.parameter, String(next));
  }
}

function refused(requestId: string, kind: string, message: string, fix: string): Extract<RequestResult, { ok: false }> {
  const failure = { kind, message, fix };
  return { ok: false, input: null, inputBytes: 0, title: message, requestId, failure, output: null, outputBytes: 0, isPassing: false };
}

/** With our header, unless the step has one of that name. */
export function templateOf({ request }: Pick<RequestStep, "request">, idempotencyKey: string): CallTemplate {
  const isOwn = request.headers.some(({ name }) => name.toLowerCase() === "idempotency-key");
  const headers = isOwn ? request.headers : [...request.headers, { name: "Idempotency-Key", value: idempotencyKey }];
  return { ...request, headers, body: bodyOf(request.body, idempotencyKey) };
}

/** The boundary is the step's own and the same on each attempt, so that the bytes are the same too. */
function bodyOf(body: StepBody, seed: string): CallTemplate["body"] {
  if (body.kind !== "multipart") return body;
  return { ...body, boundary: `patchbay-${createHash("sha256").update(seed).digest("hex").slice(0, 32)}` };
}

/** `next` is a value for the parameter, or an address: of it only path and query count, below the resource's own base. */
function nextPage(request: CallTemplate, parameter: string, next: string): CallTemplate {
  if (parameter) {
    const others = request.query.filter(({ name }) => name !== parameter);
    return { ...request, query: [...others, { name: parameter, value: literal(next) }] };
  }
  const query = next.includes("?") ? [...new URLSearchParams(next.slice(next.indexOf("?") + 1))] : [];
  const replaced = new Set(query.map(([name]) => name));
  return {
    ...request,
    query: [...request.query.filter(({ name }) => !replaced.has(name)), ...query.map(([name, value]) => ({ name, value: literal(value) }))],
  };
}

/** What an API has written is no template. */
const literal = (text: string): string => text.replaceAll("{{", "").replaceAll("{%", "");

/** A known secret that the API echoes is masked: the output is kept. */
function outputOf({ status, headers, body }: Answer, redact: (text: string) => string): RequestOutput {
  const text = redact(new TextDecoder().decode(body));
  const kept = headers.filter(([name]) => !/^set-cookie$/i.test(name)).map(([name, value]) => [name.toLowerCase(), redact(value)]);
  return { status, headers: Object.fromEntries(kept), body: storableJson(parse(text, readHeader(headers, "content-type") ?? "")) ?? null };
}

function parse(text: string, type: string): unknown {
  if (text === "") return null;
  if (!/json/i.test(type) && !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * The spine for calls that somebody else's program has written: obtain the credential, build, send, renew once when the answer means
 * "token expired", hand the answer on as it comes, and leave one activity row when it has ended. Both bodies may be of any size.
 * One file: each answer takes one way through all of it, and every end has to record and let go of the same things.
 */
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scope } from "#db/queries/scope.ts";
import type { Hidden } from "#lib/activity/find-secrets.ts";
import { type Redactor, redactorOf, secretHeaderValues } from "#lib/activity/redact.ts";
import { listSecretValues } from "#lib/credentials/list-secret-values.ts";
import type { LiveCredential } from "#lib/credentials/live-credential.ts";
import { meansExpired } from "#lib/credentials/means-expired.ts";
import type { StoredSecrets } from "#lib/credentials/schema.ts";
import { listDerivedSecrets, openSecretsFor, valuesOf } from "#lib/resources/open-secrets-for.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import { knownEncodings, openDecoded } from "#lib/transport/decode-body.ts";
import { type BodyStart, handOnBody, readStart, rejoin } from "#lib/transport/hand-on-body.ts";
import { type Kept, keepStart } from "#lib/transport/keep-start.ts";
import { readHeader } from "#lib/transport/own-headers.ts";
import type { BodyStream, Failure, HttpRequest, Outcome, StreamedAnswer } from "#lib/transport/schema.ts";
import { describeError } from "#lib/transport/send-failure.ts";
import { type Lifetime, startLifetime } from "#lib/transport/start-lifetime.ts";
import { buildGivenRequest, type GivenRequest } from "./build-request.ts";
import { obtainLive } from "./obtain-live.ts";
import { auditBlocked, recordCall, type Spine, scopeOf } from "./perform-request.ts";
import { retryDelay } from "./retry-delay.ts";

type Headers = [name: string, value: string][];

export type ForwardCall = {
  scope: Scope;
  resourceId: string;
  definition: ResourceDefinition;
  credential: LiveCredential;
  /** Whose user token it was. */
  user: { id: string; metadata: Record<string, unknown> };
  /** Of the connected user, where there is a row already. */
  userId: string | null;
  request: GivenRequest;
  /** Bytes may be sent again after a 401; a stream goes out once. */
  body?: Uint8Array | BodyStream;
  /** What the answer may be encoded with: what the caller takes. */
  acceptEncoding: string;
  frame: FrameAnswer;
  requestId: string;
  /** Ends it when the caller goes away. */
  signal: AbortSignal;
  /** Hears of a fault of ours that comes when the answer is on its way: nobody waits for its row. */
  onError: (error: unknown) => void;
};

/** How an answer goes back. Pure; asked once for each. */
export type FrameAnswer = (answer: { status: number; headers: Headers }) => Frame;
export type Frame = {
  /** Of the body as it is. */
  headers: Headers;
  /** Something around the body, which needs it decoded. `fits` sees the bodies that came whole. */
  wrap?: { headers: Headers; prefix: Uint8Array; suffix: Uint8Array; fits: (body: Uint8Array) => boolean };
};

export type Forwarded =
  | { ok: true; status: number; headers: Headers; body: Uint8Array | ReadableStream<Uint8Array> | null }
  /** No answer: a refusal of our own before any call, or a failure on the way. Nothing in it is secret. */
  | { ok: false; failure: { kind: string; message: string; fix: string } };

/** rules.md, Doors 3. */
const IDLE_MS = 60_000;
const TOTAL_MS = 600_000;
/** Larger answers are handed on as they come. */
const WHOLE_BYTES = 65_536;
/** Kept of the bodies of failed calls, before redaction; what is shown of it is cut to 8 KiB. */
const KEPT_BYTES = 81_920;

export async function forwardRequest(spine: Spine, call: ForwardCall): Promise<Forwarded> {
  const { scope, resourceId, definition, credential, requestId } = call;
  const began = performance.now();
  const live = { scope, resourceId, definition, credential, source: "sdk", requestId } as const;
  const obtained = await obtainLive(spine, live);
  if (!obtained.ok) {
    recordUnsent(spine, call, obtained.failure.kind, performance.now() - began);
    return { ok: false, failure: obtained.failure };
  }

  const lifetime = startLifetime(call.signal, TOTAL_MS);
  try {
    let attempt = await attemptCall(spine, call, obtained.secrets, lifetime.signal, began);
    if (attempt.ok && isExpired(definition, attempt)) {
      const again = await obtainLive(spine, { ...live, rejected: obtained.secrets.accessToken ?? "" });
      if (again.ok && again.refreshed && isRepeatable(call.body)) {
        discard(attempt.answer);
        attempt = await attemptCall(spine, call, again.secrets, lifetime.signal, began);
      }
    }
    if (attempt.ok) return await handOn(spine, call, attempt, lifetime, began);
    lifetime.end();
    return await giveUp(spine, call, attempt, began);
  } catch (error) {
    lifetime.end();
    throw error;
  }
}

/** `opened`: project secrets that the call reads, and what its filters made of them. */
type Sent = { secrets: StoredSecrets; opened: readonly Hidden[]; request: Omit<HttpRequest, "body"> };
type Attempt = (Sent & { ok: true; answer: StreamedAnswer; start: BodyStart }) | (Partial<Sent> & { ok: false; failure: Failure });
type Answered = Extract<Attempt, { ok: true }>;

/** Build and send; what may pass by itself is tried again, where sending twice does what sending once does. */
async function attemptCall(spine: Spine, call: ForwardCall, secrets: StoredSecrets, signal: AbortSignal, began: number): Promise<Attempt> {
  const { body, acceptEncoding } = call;
  const built = await build(spine, call, secrets);
  if (!built.ok) return built;
  const { ok: _, ...sent } = built;
  const { request } = sent;
  for (let retries = 0; ; retries++) {
    const answer = await spine.stream({ ...request, ...(body === undefined ? {} : { body }) }, { idleMs: IDLE_MS, signal, acceptEncoding });
    const delay = isRepeatable(body)
      ? retryDelay({
          method: request.method,
          headers: call.request.headers,
          answer,
          retries,
          elapsedMs: performance.now() - began,
          now: Date.now(),
          random: Math.random(),
        })
      : null;
    if (delay === null) {
      if (answer.kind === "failure") return { ok: false, ...sent, failure: answer };
      return await withStart(call, { ok: true, ...sent, answer });
    }
    if (answer.kind === "stream") discard(answer);
    await sleep(delay, undefined, { signal }).catch(() => {});
  }
}

async function build(
  { db }: Spine,
  call: ForwardCall,
  secrets: StoredSecrets,
): Promise<(Sent & { ok: true }) | (Partial<Sent> & { ok: false; failure: Failure })> {
  const { definition, user } = call;
  const projectSecrets = await openSecretsFor(call.scope, db, definition, "proxied");
  try {
    const scope = scopeOf({ definition, user, profile: call.credential.profile }, secrets, valuesOf(projectSecrets));
    const opened = projectSecrets.length > 0 ? [...projectSecrets, ...listDerivedSecrets(definition, "proxied", scope)] : [];
    return { ok: true, secrets, opened, request: buildGivenRequest(definition, call.request, scope) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const isPath = error.code === "bad_path";
    const fix = isPath ? "" : "Correct the resource's Setup, or connect with the value that is missing.";
    const failure = isPath ? "bad_url" : "unbuildable";
    return { ok: false, failure: { kind: "failure", failure, message: error.message, fix, durationMs: 0, url: "" } };
  }
}

async function withStart(call: ForwardCall, sent: Omit<Answered, "start">): Promise<Attempt> {
  const { status, headers, body } = sent.answer;
  if (!hasBody(call.request.method, status)) {
    body.on("error", () => {}).resume();
    return { ...sent, start: { chunks: [], size: 0, isWhole: true } };
  }
  const length = readHeader(headers, "content-length");
  const isShort = length !== undefined && Number(length) <= WHOLE_BYTES;
  // Whether the token has expired may be written in the body.
  const isAsked = call.definition.behaviour.expired.path !== "" && /json/i.test(readHeader(headers, "content-type") ?? "");
  try {
    return { ...sent, start: await readStart(body, { most: WHOLE_BYTES, patient: isShort || isAsked }) };
  } catch (error) {
    const { kind, message, fix } = describeError(error);
    return { ...sent, ok: false, failure: { kind: "failure", failure: kind, message, fix, durationMs: 0, url: sent.answer.url } };
  }
}

const hasBody = (method: string, status: number): boolean => method !== "HEAD" && status !== 204 && status !== 205 && status !== 304;

const isRepeatable = (body: ForwardCall["body"]): boolean => body === undefined || body instanceof Uint8Array;

/** Nobody will read this answer. */
function discard({ body }: StreamedAnswer): void {
  body.on("error", () => {}).destroy();
}

function isExpired({ behaviour }: ResourceDefinition, { answer, start }: Answered): boolean {
  const { status, statusText, headers, url } = answer;
  const body = start.isWhole ? Buffer.concat(start.chunks) : new Uint8Array();
  return meansExpired(behaviour, { kind: "answer", status, statusText, headers, url, body, durationMs: 0 });
}

async function handOn(spine: Spine, call: ForwardCall, attempt: Answered, lifetime: Lifetime, began: number): Promise<Forwarded> {
  const { answer, start } = attempt;
  const { status, headers } = answer;
  const frame = call.frame({ status, headers });
  const encodings = knownEncodings(readHeader(headers, "content-encoding"));
  const kept = status >= 400 ? keepStart(encodings, KEPT_BYTES) : null;
  const end = (error?: unknown) => {
    lifetime.end();
    recordEnd(spine, call, attempt, kept, performance.now() - began, error).catch(call.onError);
  };
  if (!hasBody(call.request.method, status)) {
    end();
    return { ok: true, status, headers: (frame.wrap ?? frame).headers, body: null };
  }

  const { wrap } = frame;
  // Of a body that hasn't begun nobody knows yet whether there is anything in it: around nothing, nothing is written either.
  if (!wrap || (start.isWhole && start.size === 0)) {
    if (!start.isWhole) {
      return {
        ok: true,
        status,
        headers: frame.headers,
        body: handOnBody(answer.body, { start: start.chunks, onChunk: kept?.add, onEnd: end }),
      };
    }
    const body = joined(start.chunks);
    kept?.add(body);
    end();
    return { ok: true, status, headers: frame.headers, body };
  }

  const decoded = encodings ? await decodeRest(answer, start, encodings, end) : { body: answer.body, start };
  if ("failure" in decoded) return decoded;
  if (!decoded.start.isWhole) {
    return {
      ok: true,
      status,
      headers: wrap.headers,
      body: handOnBody(decoded.body, { start: decoded.start.chunks, around: wrap, onEnd: end }),
    };
  }
  const body = joined(decoded.start.chunks);
  end();
  if (wrap.fits(body)) return { ok: true, status, headers: wrap.headers, body: Buffer.concat([wrap.prefix, body, wrap.suffix]) };
  return { ok: true, status, headers: encodings ? withoutEncoding(frame.headers) : frame.headers, body };
}

/** The decoded body, read as far as one piece goes. Waits for the first byte. */
async function decodeRest(
  answer: StreamedAnswer,
  start: BodyStart,
  encodings: string[],
  end: (error: unknown) => void,
): Promise<{ body: Readable; start: BodyStart } | Extract<Forwarded, { ok: false }>> {
  try {
    const body = await openDecoded(rejoin(start, answer.body), encodings);
    return { body, start: await readStart(body, { most: WHOLE_BYTES, patient: start.isWhole }) };
  } catch (error) {
    end(error);
    const { kind, message, fix } = describeError(error);
    return { ok: false, failure: { kind, message, fix } };
  }
}

const joined = (chunks: Buffer[]): Uint8Array => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));

const withoutEncoding = (headers: Headers): Headers => headers.filter(([name]) => !/^(content-encoding|content-length|etag)$/i.test(name));

/** The one activity row of an answered call. `error`: what broke the answer off; null when the caller went away. */
async function recordEnd(
  spine: Spine,
  call: ForwardCall,
  { answer, ...sent }: Answered,
  kept: Kept | null,
  durationMs: number,
  error?: unknown,
): Promise<void> {
  const { status, statusText, headers, url } = answer;
  const failure = error === undefined ? undefined : error === null ? "aborted" : describeError(error).kind;
  const body = (await kept?.read()) ?? new Uint8Array();
  const outcome: Outcome = { kind: "answer", status, statusText, headers, url, body, durationMs };
  recordCall(spine, rowOf(call), "call", seen(call, sent.request), outcome, { ...redactorsFor(call, sent), failure });
}

async function giveUp(spine: Spine, call: ForwardCall, attempt: Extract<Attempt, { ok: false }>, began: number): Promise<Forwarded> {
  const { request, secrets, opened = [] } = attempt;
  const failure = { ...attempt.failure, durationMs: performance.now() - began };
  if (!request || !secrets) {
    recordUnsent(spine, call, failure.failure, failure.durationMs);
    return { ok: false, failure: { kind: failure.failure, message: failure.message, fix: failure.fix } };
  }
  const { redact } = redactorsFor(call, { request, secrets, opened });
  recordCall(spine, rowOf(call), "call", seen(call, request), failure, { redact });
  await auditBlocked(spine, { ...call, source: "sdk" }, failure, redact);
  return { ok: false, failure: { kind: failure.failure, message: redact(failure.message), fix: redact(failure.fix) } };
}

const rowOf = ({ scope, resourceId, definition, userId, credential, requestId }: ForwardCall) => ({
  scope,
  resourceId,
  definition,
  userId: userId ?? undefined,
  credentialId: credential.id,
  source: "sdk" as const,
  requestId,
});

/** Of the caller's own secret headers, so many are looked for in an answer that writes them back. Callers send one or two. */
const MOST_OF_CALLER = 16;

/**
 * What Patchbay added to the call is masked everywhere; what the caller's headers carried, by their names, and in the answer by value.
 * Not in the address: a caller must not decide what the log shows of where a call went.
 */
function redactorsFor(
  { definition, request: given }: ForwardCall,
  { request, secrets, opened }: Sent,
): { redact: Redactor; answered: Redactor } {
  const ofCaller = new Set(given.headers);
  const added = request.headers.filter((header) => !ofCaller.has(header));
  const hidden = [...opened, ...secretHeaderValues({ headers: added }), ...listSecretValues(definition, secrets)];
  const values = secretHeaderValues({ headers: request.headers.filter((header) => ofCaller.has(header)) }).slice(0, MOST_OF_CALLER);
  return { redact: redactorOf(hidden), answered: redactorOf([...hidden, ...values]) };
}

const seen = ({ body }: ForwardCall, request: Sent["request"]): HttpRequest =>
  body instanceof Uint8Array ? { ...request, body: body.subarray(0, KEPT_BYTES) } : request;

/** A call that was refused before it could be written. */
function recordUnsent({ record }: Spine, call: ForwardCall, failure: string, durationMs: number): void {
  const { scope, definition: _, ...row } = rowOf(call);
  record({ ...scope, ...row, kind: "call", method: call.request.method, failure, durationMs });
}

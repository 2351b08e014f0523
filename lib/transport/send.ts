import type { Readable } from "node:stream";
import { Agent, type Dispatcher, request as dispatch } from "undici";
import { type AllowList, checkUrl, targetOf } from "./address-guard.ts";
import { ACCEPT_ENCODING, knownEncodings, readBody } from "./decode-body.ts";
import { followRedirect, isStream, redirectOf, resolveLocation, tooManyRedirects, type WireCall } from "./follow-redirect.ts";
import { type Blocked, block, type Lookup, openSocket } from "./open-socket.ts";
import { ownHeaders, readHeader } from "./own-headers.ts";
import type { Answer, Failure, HttpRequest, Outcome, Send, SendOptions, SendStream, StreamedAnswer } from "./schema.ts";
import { describeError, SendFailure } from "./send-failure.ts";

export type CreateSendOptions = {
  allow: AllowList;
  /** Instead of the system's look-up; all addresses of a name. */
  lookup?: Lookup;
  /** Certificate authorities besides the built-in ones, PEM. */
  ca?: string;
  /** Address look-up, and then TCP and TLS together, each. Default 5 s. */
  connectTimeoutMs?: number;
  /** Called for each call that the guard refused, redirects included. */
  onBlocked?: (blocked: Blocked) => void;
};

const DEFAULT_MAX_BYTES = 10 * 1_048_576;
const DEFAULT_MAX_REDIRECTS = 5;

/** Connections are kept for the next call, but not long: a kept one doesn't hear that its name moved. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MAX_MS = 10_000;
const CONNECTIONS_PER_ORIGIN = 128;
const DROPPED_BODY_MS = 2_000;

/** The two ways to reach the network: `send` holds the answer, `stream` hands it on as it comes. */
export type Transport = { send: Send; stream: SendStream };

/**
 * What reaches the network, and its guard. The result never throws: whatever the outside world does becomes an `Outcome`. Each has
 * its own pool of connections: make one per process.
 */
export function createSend(options: CreateSendOptions): Transport {
  const ways = { admins: openWay(options), users: openWay({ ...options, allow: [], isUsersHost: true }) };
  const wayOf = ({ isUsersHost }: Pick<HttpRequest, "isUsersHost">) => (isUsersHost ? ways.users : ways.admins);

  const send: Send = async (request: HttpRequest, callOptions: SendOptions): Promise<Outcome> => {
    const elapsed = startClock();
    const deadline = startDeadline(callOptions);
    let at = request.url;
    const atUrl = (url: string) => {
      at = url;
    };
    try {
      const { method, body } = request;
      const { parseUrl, follow } = wayOf(request);
      const first = { method, url: parseUrl(request.url), headers: ownHeaders(request.headers, ACCEPT_ENCODING), body };
      const answer = follow(first, { maxRedirects: callOptions.maxRedirects, signal: deadline.signal, atUrl }).then(({ response, call }) =>
        readAnswer(response, call, callOptions.maxBytes ?? DEFAULT_MAX_BYTES),
      );
      return { ...(await Promise.race([answer, deadline.passed])), durationMs: elapsed() };
    } catch (error) {
      return toFailure(error, at, elapsed());
    } finally {
      deadline.end();
    }
  };

  const stream: SendStream = async (request, { idleMs, signal, acceptEncoding, maxRedirects }) => {
    const elapsed = startClock();
    let at = request.url;
    const atUrl = (url: string) => {
      at = url;
    };
    try {
      const { method, body } = request;
      const { parseUrl, follow } = wayOf(request);
      const headers = ownHeaders(request.headers, acceptEncoding);
      if (isStream(body) && body.length !== null) headers.push(["content-length", String(body.length)]);
      const { response, call } = await follow(
        { method, url: parseUrl(request.url), headers, body },
        { maxRedirects, signal, idleMs, atUrl },
      );
      return toStreamedAnswer(response, call.url);
    } catch (error) {
      return toFailure(error, at, elapsed());
    }
  };

  return { send, stream };
}

type Sending = { signal: AbortSignal; maxRedirects?: number; idleMs?: number; atUrl: (url: string) => void };

/** A guard and its connections: one that was opened by another's rules is none of its own. */
function openWay(options: CreateSendOptions & { isUsersHost?: boolean }) {
  const { allow, connectTimeoutMs = 5_000 } = options;
  const agent = new Agent({
    connect: ({ protocol, hostname, port }, done) => {
      const url = new URL(`${protocol}//${hostname.includes(":") ? `[${hostname}]` : hostname}${port ? `:${port}` : ""}`);
      openSocket(targetOf(url), { ...options, connectTimeoutMs }).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      );
    },
    allowH2: false,
    connections: CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
  });

  function parseUrl(text: string): URL {
    const verdict = checkUrl(text, allow);
    if (verdict.ok) return verdict.url;
    if (verdict.kind === "bad_url") throw SendFailure.badUrl(verdict.rule);
    throw block({ host: verdict.host, rule: verdict.rule }, options);
  }

  /** The exchange, and those that its redirects ask for. */
  async function follow(first: WireCall, { maxRedirects = DEFAULT_MAX_REDIRECTS, atUrl, ...how }: Sending) {
    let call = first;
    for (let redirects = 0; ; redirects++) {
      atUrl(call.url.href);
      const response = await exchange(agent, call, how);
      const location = maxRedirects > 0 ? redirectOf(response) : undefined;
      if (location === undefined) return { response, call };
      // Read to its end, so that the connection can be used again; but nobody waits for it.
      response.body.dump({ limit: 65_536, signal: AbortSignal.timeout(DROPPED_BODY_MS) }).catch(() => {});
      if (redirects >= maxRedirects) throw tooManyRedirects(maxRedirects);
      call = followRedirect(call, response.statusCode, parseUrl(resolveLocation(location, call.url)));
    }
  }

  return { parseUrl, follow };
}

function toStreamedAnswer({ statusCode, statusText, headers, body }: RawResponse, url: URL): StreamedAnswer {
  // No status that could be handed on.
  if (statusCode > 599) {
    body.on("error", () => {}).destroy();
    throw new SendFailure("protocol", `The answer's status, ${statusCode}, isn't one of HTTP.`, "Ask the API's operator.");
  }
  // It may break while nobody reads it: whoever reads it then finds it destroyed.
  body.on("error", () => {});
  return { kind: "stream", status: statusCode, statusText, headers, body, url: url.href };
}

function toFailure(error: unknown, url: string, durationMs: number): Failure {
  const { kind, message, fix } = describeError(error);
  return { kind: "failure", failure: kind, message, fix, durationMs, url };
}

function startClock(): () => number {
  const started = performance.now();
  return () => Math.round((performance.now() - started) * 10) / 10;
}

type RawResponse = Omit<Dispatcher.ResponseData, "headers"> & { statusText: string; headers: [name: string, value: string][] };

async function exchange(
  dispatcher: Dispatcher,
  { method, url, headers, body }: WireCall,
  { signal, idleMs = 0 }: { signal: AbortSignal; idleMs?: number },
): Promise<RawResponse> {
  const response = await dispatch(url, {
    dispatcher,
    method: method as Dispatcher.HttpMethod,
    headers: headers.flat(),
    // undici sends any iterable as it comes; its types name Readable only.
    body: isStream(body) ? (body.chunks as unknown as Readable) : body,
    signal,
    // 0: the call's own deadline covers both.
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    responseHeaders: "raw",
  });
  // "raw" is a flat list of names and values, which undici's types don't say.
  const flat = response.headers as unknown as string[];
  const pairs = flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []));
  return { ...response, body: response.body, headers: pairs };
}

async function readAnswer(response: RawResponse, { method, url }: WireCall, maxBytes: number): Promise<Omit<Answer, "durationMs">> {
  const { statusCode: status, statusText, body } = response;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const encodings = hasBody ? knownEncodings(readHeader(response.headers, "content-encoding")) : null;
  const bytes = await readBody(body, encodings, maxBytes);
  // They told of the encoded body.
  const headers = encodings ? response.headers.filter(([name]) => !/^content-(encoding|length)$/i.test(name)) : response.headers;
  return { kind: "answer", status, statusText, headers, body: bytes, url: url.href };
}

/**
 * One clock for the whole call. `passed` rejects at the deadline even while something can't be interrupted (the system's
 * address look-up); `signal` stops what can.
 */
function startDeadline({ timeoutMs, signal }: SendOptions): { signal: AbortSignal; passed: Promise<never>; end: () => void } {
  const controller = new AbortController();
  const passed = Promise.withResolvers<never>();
  passed.promise.catch(() => {});
  const stop = (failure: SendFailure) => {
    passed.reject(failure);
    controller.abort(failure);
  };
  const cancel = () => stop(new SendFailure("aborted", "The call was cancelled.", "Make it again if it is still wanted."));
  const timer = setTimeout(() => stop(SendFailure.timeout(timeoutMs)), timeoutMs);
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel, { once: true });
  const end = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  };
  return { signal: controller.signal, passed: passed.promise, end };
}

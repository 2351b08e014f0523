import { Agent, type Dispatcher, request as dispatch } from "undici";
import packageJson from "../../package.json" with { type: "json" };
import { type AllowList, checkUrl, targetOf } from "./address-guard.ts";
import { ACCEPT_ENCODING, knownEncodings, readBody } from "./decode-body.ts";
import { type Blocked, type Lookup, openSocket } from "./open-socket.ts";
import type { Answer, HttpRequest, Outcome, Send, SendOptions } from "./schema.ts";
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
const USER_AGENT = `Patchbay/${packageJson.version}`;

/** Connections are kept for the next call, but not long: a kept one doesn't hear that its name moved. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MAX_MS = 10_000;
const CONNECTIONS_PER_ORIGIN = 128;
const DROPPED_BODY_MS = 2_000;

/** What HTTP/1.1 itself writes: of the connection, not of the request (RFC 9110, section 7.6.1). */
const OWNED_HEADERS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "proxy-connection",
  "proxy-authorization",
  "accept-encoding",
]);
/** The headers that may follow a redirect to another origin. Any other may be a credential, so none of them goes. */
const HARMLESS_HEADERS = new Set(["accept", "accept-language", "content-type", "user-agent"]);

type Call = { method: string; url: URL; headers: [name: string, value: string][]; body?: string | Uint8Array };

/**
 * The one function that reaches the network, and its guard. The result never throws: whatever the outside world does
 * becomes an `Outcome`. Each has its own pool of connections: make one per process.
 */
export function createSend(options: CreateSendOptions): Send {
  const { allow, connectTimeoutMs = 5_000, onBlocked } = options;
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
    // The call's own deadline covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  function parseUrl(text: string): URL {
    const verdict = checkUrl(text, allow);
    if (verdict.ok) return verdict.url;
    if (verdict.kind === "bad_url") throw SendFailure.badUrl(verdict.rule);
    onBlocked?.({ host: verdict.host, rule: verdict.rule });
    throw SendFailure.blocked(verdict.host, verdict.rule);
  }

  return async function send(request: HttpRequest, callOptions: SendOptions): Promise<Outcome> {
    const started = performance.now();
    const elapsed = () => Math.round((performance.now() - started) * 10) / 10;
    const deadline = startDeadline(callOptions);
    let at = request.url;
    try {
      const call: Call = { method: request.method, url: parseUrl(request.url), headers: ownHeaders(request.headers), body: request.body };
      const follow = async (): Promise<Omit<Answer, "durationMs">> => {
        const maxRedirects = callOptions.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
        let next = call;
        for (let redirects = 0; ; redirects++) {
          at = next.url.href;
          const response = await exchange(agent, next, deadline.signal);
          const location = maxRedirects > 0 ? redirectOf(response) : undefined;
          if (location === undefined) return await readAnswer(response, next, callOptions.maxBytes ?? DEFAULT_MAX_BYTES);
          // Read to its end, so that the connection can be used again; but nobody waits for it.
          response.body.dump({ limit: 65_536, signal: AbortSignal.timeout(DROPPED_BODY_MS) }).catch(() => {});
          if (redirects >= maxRedirects) throw tooManyRedirects(maxRedirects);
          next = redirect(next, response.statusCode, parseUrl(resolveLocation(location, next.url)));
        }
      };
      const answer = await Promise.race([follow(), deadline.passed]);
      return { ...answer, durationMs: elapsed() };
    } catch (error) {
      const { kind, message, fix } = describeError(error);
      return { kind: "failure", failure: kind, message, fix, durationMs: elapsed(), url: at };
    } finally {
      deadline.end();
    }
  };
}

type RawResponse = Omit<Dispatcher.ResponseData, "headers"> & { statusText: string; headers: [name: string, value: string][] };

async function exchange(dispatcher: Dispatcher, { method, url, headers, body }: Call, signal: AbortSignal): Promise<RawResponse> {
  const response = await dispatch(url, {
    dispatcher,
    method: method as Dispatcher.HttpMethod,
    headers: headers.flat(),
    body,
    signal,
    responseHeaders: "raw",
  });
  // "raw" is a flat list of names and values, which undici's types don't say.
  const flat = response.headers as unknown as string[];
  const pairs = flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []));
  return { ...response, body: response.body, headers: pairs };
}

async function readAnswer(response: RawResponse, { method, url }: Call, maxBytes: number): Promise<Omit<Answer, "durationMs">> {
  const { statusCode: status, statusText, body } = response;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const encodings = hasBody ? knownEncodings(readHeader(response.headers, "content-encoding")) : null;
  const bytes = await readBody(body, encodings, maxBytes);
  // They told of the encoded body.
  const headers = encodings ? response.headers.filter(([name]) => !/^content-(encoding|length)$/i.test(name)) : response.headers;
  return { kind: "answer", status, statusText, headers, body: bytes, url: url.href };
}

/** Headers as they go out: without those of the connection, and with ours. */
function ownHeaders(headers: HttpRequest["headers"]): [string, string][] {
  const own = headers.filter(([name]) => !OWNED_HEADERS.has(name.toLowerCase()));
  if (readHeader(own, "user-agent") === undefined) own.push(["user-agent", USER_AGENT]);
  own.push(["accept-encoding", ACCEPT_ENCODING]);
  return own;
}

function redirectOf({ statusCode, headers }: RawResponse): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? readHeader(headers, "location") : undefined;
}

function resolveLocation(location: string, from: URL): string {
  const url = URL.parse(location, from);
  if (url) return url.href;
  throw new SendFailure("bad_redirect", "The server redirects to something that isn't a URL.", "Ask the API's operator.");
}

/**
 * The next call after a redirect, as the Fetch Standard has it (section 4.5): 303, and 301 or 302 after POST, become GET.
 * To another origin no credential follows; and since a body may hold one, a call that would take its body there ends.
 */
function redirect(call: Call, status: number, url: URL): Call {
  const becomesGet = status === 303 ? call.method !== "HEAD" : status < 303 && call.method === "POST";
  const isSameOrigin = call.url.origin === url.origin;
  if (!isSameOrigin && !becomesGet && call.body !== undefined) {
    const fix = `If that is right, set the URL to ${url.origin}.`;
    throw new SendFailure(
      "bad_redirect",
      `The server redirects to ${url.host}, and the body, which may hold secrets, doesn't go along.`,
      fix,
    );
  }
  const headers = call.headers.filter(([name]) => {
    const key = name.toLowerCase();
    if (becomesGet && key.startsWith("content-")) return false;
    return isSameOrigin || HARMLESS_HEADERS.has(key) || key === "accept-encoding";
  });
  return becomesGet ? { method: "GET", url, headers } : { ...call, url, headers };
}

function tooManyRedirects(limit: number): SendFailure {
  return new SendFailure(
    "too_many_redirects",
    `The server redirected more than ${limit} times.`,
    "Check the URL: it may lead in a circle.",
  );
}

function readHeader(headers: [string, string][], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
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

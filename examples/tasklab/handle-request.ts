import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, jsonAnswer, refusal } from "./answer.ts";
import { Api } from "./answer-api.ts";
import type { EventLog, LogEntry } from "./event-log.ts";
import { readFont, renderFrontPage } from "./front-page.ts";
import { type Caller, identifyCaller, refuseToken } from "./identify-caller.ts";
import { mintTokens } from "./mint-tokens.ts";
import { answerAfter, answerInstead } from "./misbehave.ts";
import type { OAuthServer } from "./oauth-server.ts";
import { parseTarget, type Target } from "./parse-target.ts";
import { parseObject, readBody } from "./read-body.ts";
import { sendAnswer } from "./send-answer.ts";
import { appliesTo, findSwitch, formatSwitch, parseSwitches, type Side, type Switch, switchNumber } from "./switches.ts";
import type { Webhooks } from "./webhooks.ts";

const BODY_LIMIT = 2 * 1024 * 1024;
const MOST_FAMILIES = 10_000;

interface Received {
  method: string;
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** Everything TaskLab remembers besides tokens. */
interface State {
  /** Switches that are on for everyone, set by PUT /_switches. */
  global: Record<Side, Switch[]>;
  lifetime: number;
  /** For unauthorized-until-refreshed: the token refused first, by family. */
  refused: Map<string, string>;
}

export interface RequestHandler {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** One function for every request. `oauth` comes late because its issuer holds the port. */
export function createHandler(log: EventLog, oauth: OAuthServer, webhooks: Webhooks, usualLifetime: number): RequestHandler {
  const api = new Api(webhooks);
  const state: State = { global: { api: [], token: [] }, lifetime: usualLifetime, refused: new Map() };

  return {
    handle(request, response) {
      answerRequest(request, response).catch((error: unknown) => {
        // Not the caller's doing: say so on the console, and answer if that is still possible.
        if (response.destroyed) return;
        process.stderr.write(`TaskLab: ${error instanceof Error ? error.stack : String(error)}\n`);
        if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: "server_error", message: "TaskLab failed on this request. Its console says why." }));
      });
    },
  };

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const url = request.url ?? "/";
    const [path = "/", search = ""] = splitOnce(url, "?");
    const body = await readBody(request, BODY_LIMIT);
    if (body === null) {
      await sendAnswer(response, refusal(413, "too_large", "TaskLab reads bodies of up to 2 MiB.", { connection: "close" }));
      request.destroy();
      return;
    }
    const received = { method: request.method ?? "GET", url, path, query: new URLSearchParams(search), headers: request.headers, body };

    const own = await answerOwn(received);
    if (own) return sendAnswer(response, own);

    const entry = log.add({
      kind: "other",
      method: received.method,
      url,
      tenant: null,
      switches: [],
      headers: { ...request.headers },
      body: body.toString(),
    });
    const answer = await answerOutside(received, entry);
    response.once("finish", () => {
      entry.status = answer.status;
      entry.ms = Math.round(performance.now() - started);
    });
    await sendAnswer(response, received.method === "HEAD" ? { ...answer, body: "" } : answer);
  }

  /** TaskLab's own pages and controls. They are neither logged nor switched. */
  async function answerOwn({ method, path, query, headers, body }: Received): Promise<Answer | null> {
    const font = method === "GET" && path.startsWith("/fonts/") ? await readFont(path.slice("/fonts/".length)) : null;
    if (font) return font;

    switch (`${method} ${path}`) {
      case "GET /":
        return renderFrontPage(headers.host ?? "localhost", { global: state.global, lifetime: state.lifetime });
      case "GET /healthz":
        return jsonAnswer(200, { status: "ok" });
      case "GET /_log":
        if (!isOwnPage(headers)) return NOT_FOR_OTHERS;
        return jsonAnswer(200, {
          counters: log.counters,
          data: log.list({ kind: query.get("kind"), contains: query.get("contains"), limit: Number(query.get("limit") ?? 100) || 100 }),
        });
      case "DELETE /_log":
        if (!isOwnPage(headers)) return NOT_FOR_OTHERS;
        log.reset();
        return { status: 204, headers: {}, body: "" };
      case "GET /_switches":
        if (!isOwnPage(headers)) return NOT_FOR_OTHERS;
        return jsonAnswer(200, describeSwitches());
      case "PUT /_switches":
        if (!isOwnPage(headers)) return NOT_FOR_OTHERS;
        return setSwitches(parseObject(body, headers["content-type"]));
      default:
        return null;
    }
  }

  async function answerOutside(received: Received, entry: LogEntry): Promise<Answer> {
    const { method, path, headers, query } = received;
    if (path === "/mint") {
      entry.kind = "mint";
      if (method !== "POST") return refusal(405, "method_not_allowed", "Minting is POST /mint.", { allow: "POST" });
      const wish = parseObject(received.body, headers["content-type"]);
      if (!wish) return refusal(400, "invalid_request", "The body is neither a JSON object nor a form.");
      return mintTokens(oauth, { ...Object.fromEntries(query), ...wish }, state.lifetime);
    }
    if (path === "/jwks" || path.startsWith("/.well-known/")) {
      return oauth.answer({ method, path, headers, body: received.body, lifetime: state.lifetime, rotate: true });
    }

    const parsed = parseTarget(path);
    if (!parsed.ok) return parsed.answer;
    const { target } = parsed;
    const asked = parseSwitches([headers["x-tasklab-switch"], query.get("x-tasklab-switch")].flat().filter(Boolean).join(","));
    if (!asked.ok) return asked.answer;

    const side: Side = target.place === "oauth" ? "token" : "api";
    const switches = [...state.global[side], ...target.switches, ...asked.switches].filter(({ name }) => appliesTo(name, side));
    entry.tenant = target.tenant;
    entry.switches = switches.map(formatSwitch);

    const answer =
      side === "token" ? await answerToken(received, target, switches, entry) : await answerApi(received, target, switches, entry);
    return {
      ...answer,
      headers: { "x-tasklab-tenant": target.tenant ?? "none", ...answer.headers },
      holdMs: switchNumber(switches, "slow"),
    };
  }

  async function answerToken(received: Received, target: Target, switches: Switch[], entry: LogEntry): Promise<Answer> {
    const path = `/oauth/${target.rest.join("/")}`;
    if (path !== "/oauth/token" && path !== "/oauth/revoke") {
      return refusal(404, "not_found", "The OAuth server has /oauth/token and /oauth/revoke here.");
    }
    const isTokenCall = path === "/oauth/token" && received.method === "POST";
    const { method, url, headers, body } = received;
    const instead = answerInstead(switches, { side: "token", url, host: headers.host ?? "localhost", tenant: target.tenant });
    const lifetime = switchNumber(switches, "lifetime") ?? state.lifetime;
    const rotate = !findSwitch(switches, "no-rotation");

    if (isTokenCall) {
      entry.kind = "token";
      const named = oauth.read(headers, body);
      Object.assign(entry, named);
      log.countTokenCall(named.grant, named.client);
    }
    if (instead) return instead;
    if (!isTokenCall && path === "/oauth/token") return refusal(405, "method_not_allowed", "A token call is a POST.", { allow: "POST" });

    const outcome = await oauth.answer({ method, path, headers, body, lifetime, rotate });
    if (isTokenCall && outcome.status === 200) log.counters.tokensIssued += 1;
    if (outcome.error) entry.error = outcome.error;
    return answerAfter(outcome, switches, "token");
  }

  async function answerApi(received: Received, target: Target, switches: Switch[], entry: LogEntry): Promise<Answer> {
    const door = target.place === "oauth" ? "open" : target.place;
    entry.kind = "api";
    const { url, headers } = received;
    const instead = answerInstead(switches, { side: "api", url, host: headers.host ?? "localhost", tenant: target.tenant });
    if (instead) return instead;

    const identified = await identifyCaller(door, headers, received.query, oauth);
    if (!identified.ok) return identified.answer;
    entry.user = identified.caller.person.id;
    if (findSwitch(switches, "unauthorized-until-refreshed") && isFirstToken(identified.caller)) {
      return refuseToken("This access token has to be refreshed first.").answer;
    }
    return answerAfter(api.answer(received, target, identified.caller), switches, "api");
  }

  /** The first token seen of each family is refused for good; a later one of the same family is accepted. */
  function isFirstToken({ held }: Caller): boolean {
    if (!held) return true;
    const first = state.refused.get(held.family);
    if (first !== undefined) return first === held.token;
    state.refused.set(held.family, held.token);
    if (state.refused.size > MOST_FAMILIES) state.refused.delete(state.refused.keys().next().value!);
    return true;
  }

  function describeSwitches() {
    const { api, token } = state.global;
    return { api: api.map(formatSwitch), token: token.map(formatSwitch), lifetime: state.lifetime };
  }

  /** Replaces what is given and leaves the rest: {"api": ["slow=3000"], "token": [], "lifetime": 60}. */
  function setSwitches(wish: Record<string, unknown> | null): Answer {
    if (!wish) return refusal(400, "invalid_request", 'Send JSON such as {"api": ["slow=3000"], "token": [], "lifetime": 300}.');
    const next = { ...state.global };
    for (const side of ["api", "token"] as const) {
      const names = wish[side];
      if (names === undefined) continue;
      if (!Array.isArray(names)) return refusal(400, "invalid_request", `"${side}" is a list of switches, such as ["slow=3000"].`);
      const parsed = parseSwitches(names.join(","));
      if (!parsed.ok) return parsed.answer;
      const stray = parsed.switches.find(({ name }) => !appliesTo(name, side));
      if (stray) return refusal(400, "unknown_switch", `The switch "${stray.name}" has no effect on ${side} calls.`);
      next[side] = parsed.switches;
    }
    const lifetime = wish.lifetime ?? state.lifetime;
    if (typeof lifetime !== "number" || !Number.isInteger(lifetime) || lifetime < 1 || lifetime > 86_400) {
      return refusal(400, "invalid_request", `"lifetime" is 1 to 86400 seconds.`);
    }
    state.global = next;
    state.lifetime = lifetime;
    state.refused.clear();
    return jsonAnswer(200, describeSwitches());
  }
}

/**
 * The log shows what everybody sent, tokens and all, and the switches work for everybody: for whoever sits at this machine, not for
 * programs that others send here. Browsers say it by a header (https://www.w3.org/TR/fetch-metadata/) that a page can't set, and that a
 * gateway in front has no reason to send.
 */
const isOwnPage = (headers: IncomingMessage["headers"]): boolean =>
  headers["sec-fetch-site"] === "same-origin" || headers["sec-fetch-site"] === "none";

const NOT_FOR_OTHERS = refusal(
  403,
  "forbidden",
  "The log and the switches are for this machine's own browser. From a terminal, add the header Sec-Fetch-Site: none.",
);

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

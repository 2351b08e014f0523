import type { IncomingMessage } from "node:http";
import { type Answer, jsonAnswer, refusal } from "./answer.ts";
import type { Caller } from "./identify-caller.ts";
import type { Target } from "./parse-target.ts";
import { parseObject } from "./read-body.ts";
import { TaskList } from "./tasks.ts";
import type { Webhooks } from "./webhooks.ts";

export interface ApiCall {
  method: string;
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** The API behind every door: /me, /tasks, /tasks/{id}, /tasks.csv, /changes, /echo, /webhooks, /webhooks/{id}, /events. */
export class Api {
  readonly #lists = new Map<string, TaskList>();
  readonly #webhooks: Webhooks;

  constructor(webhooks: Webhooks) {
    this.#webhooks = webhooks;
  }

  answer(call: ApiCall, target: Target, caller: Caller): Answer {
    const { tenant } = target;
    const [noun = "", id, ...more] = target.rest.filter((segment, index, all) => segment !== "" || index < all.length - 1);
    if (more.length > 0) return this.#nothing(call.path);

    switch (noun) {
      case "me":
        return call.method === "GET" ? jsonAnswer(200, { data: caller.person, tenant }) : wrongMethod(call.method, "GET");
      case "echo":
        return jsonAnswer(200, { ...echo(call), tenant });
      case "tasks":
        return id === undefined ? this.#tasks(call, tenant, caller) : this.#task(call, tenant, id, caller);
      case "tasks.csv":
        return call.method === "GET" ? this.#spreadsheet(tenant) : wrongMethod(call.method, "GET");
      case "changes":
        return call.method === "GET" ? streamChanges(call.query) : wrongMethod(call.method, "GET");
      case "webhooks":
        return id === undefined ? this.#subscriptions(call, tenant, caller) : this.#subscription(call, tenant, id, caller);
      case "events":
        return this.#fire(call, tenant, caller);
      default:
        return this.#nothing(call.path);
    }
  }

  #subscriptions(call: ApiCall, tenant: string | null, { person }: Caller): Answer {
    if (call.method === "GET") return jsonAnswer(200, { data: this.#webhooks.list(tenant, person.id), tenant });
    if (call.method !== "POST") return wrongMethod(call.method, "GET, POST");
    const input = parseObject(call.body, call.headers["content-type"]);
    if (!input) return badBody();
    const key = call.headers["idempotency-key"];
    const made = this.#webhooks.subscribe(input, tenant, person.id, typeof key === "string" ? key : undefined);
    return typeof made === "string" ? refusal(422, "invalid_request", made) : jsonAnswer(201, { data: made, tenant });
  }

  #subscription(call: ApiCall, tenant: string | null, id: string, { person }: Caller): Answer {
    const found = this.#webhooks.find(id, tenant, person.id);
    if (!found) return refusal(404, "not_found", `There is no webhook "${id.slice(0, 100)}" of yours here.`);
    if (call.method === "GET") return jsonAnswer(200, { data: found, tenant });
    if (call.method !== "DELETE") return wrongMethod(call.method, "GET, DELETE");
    this.#webhooks.remove(id);
    return { status: 204, headers: {}, body: "" };
  }

  /** An event of the caller's own making, for trying what listens: {"type": "task.flagged", "data": {...}}. */
  #fire(call: ApiCall, tenant: string | null, { person }: Caller): Answer {
    if (call.method !== "POST") return wrongMethod(call.method, "POST");
    const input = parseObject(call.body, call.headers["content-type"]);
    if (!input || typeof input.type !== "string") return badBody();
    return jsonAnswer(202, { data: { listeners: this.#webhooks.fire(input.type, input.data ?? {}, tenant, person) }, tenant });
  }

  #spreadsheet(tenant: string | null): Answer {
    const rows = this.#list(tenant)
      .all()
      .map(({ id, title, status }) => [id, `"${title.replaceAll('"', '""')}"`, status].join(","));
    return {
      status: 200,
      headers: { "content-type": "text/csv; charset=utf-8" },
      body: `${["id,title,status", ...rows].join("\r\n")}\r\n`,
    };
  }

  #tasks(call: ApiCall, tenant: string | null, { person }: Caller): Answer {
    const list = this.#list(tenant);
    if (call.method === "GET") return toAnswer(list.list(call.query), tenant);
    if (call.method !== "POST") return wrongMethod(call.method, "GET, POST");
    const input = parseObject(call.body, call.headers["content-type"]);
    if (!input) return badBody();
    const made = list.create(input);
    if (made.ok) this.#webhooks.fire("task.created", made.value, tenant, person);
    return toAnswer(made, tenant);
  }

  #task(call: ApiCall, tenant: string | null, id: string, { person }: Caller): Answer {
    const list = this.#list(tenant);
    switch (call.method) {
      case "GET":
        return toAnswer(list.get(id), tenant);
      case "DELETE":
        return toAnswer(list.remove(id), tenant);
      case "PATCH": {
        const input = parseObject(call.body, call.headers["content-type"]);
        if (!input) return badBody();
        const updated = list.update(id, input);
        if (updated.ok) this.#webhooks.fire("task.updated", updated.value, tenant, person);
        return toAnswer(updated, tenant);
      }
      default:
        return wrongMethod(call.method, "GET, PATCH, DELETE");
    }
  }

  #list(tenant: string | null): TaskList {
    const name = tenant ?? "public";
    const list = this.#lists.get(name) ?? new TaskList(name);
    this.#lists.set(name, list);
    return list;
  }

  #nothing(path: string): Answer {
    return refusal(
      404,
      "not_found",
      `Nothing is at "${path.slice(0, 200)}". The API has /me, /tasks, /tasks/{id}, /tasks.csv, /changes, /echo, /webhooks and /events.`,
    );
  }
}

/** Server-sent events, as many as asked for, each after a pause: an answer whose end isn't there when it begins. */
function streamChanges(query: URLSearchParams): Answer {
  const number = (name: string, usual: number, most: number) => {
    const value = Number(query.get(name) ?? usual);
    return Number.isInteger(value) && value >= 0 && value <= most ? value : null;
  };
  const [count, every] = [number("count", 5, 1_000), number("every", 200, 10_000)];
  if (count === null || every === null)
    return refusal(400, "invalid_request", `"count" is a whole number up to 1000, "every" one of milliseconds up to 10000.`);
  const parts = Array.from({ length: count }, (_, n) => `id: ${n + 1}\ndata: {"change": ${n + 1}}\n\n`);
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
  return { status: 200, headers, body: "", deliver: { as: "parts", parts, everyMs: every } };
}

/** The request as it arrived, credentials included. Bytes that aren't UTF-8 come back as base64. */
function echo({ method, path, url, query, headers, body }: ApiCall) {
  const text = body.toString();
  const isText = Buffer.from(text).equals(body);
  const values = Object.fromEntries(
    [...new Set(query.keys())].map((key) => [key, query.getAll(key).length > 1 ? query.getAll(key) : query.get(key)]),
  );
  return {
    method,
    path,
    url,
    query: values,
    headers,
    body: isText ? text : null,
    ...(isText ? {} : { body_base64: body.toString("base64") }),
  };
}

function toAnswer(result: ReturnType<TaskList["get"]>, tenant: string | null): Answer {
  if (!result.ok) return refusal(result.status, result.status === 404 ? "not_found" : "invalid_request", result.message);
  return result.status === 204 ? { status: 204, headers: {}, body: "" } : jsonAnswer(result.status, { data: result.value, tenant });
}

function wrongMethod(method: string, allowed: string): Answer {
  return refusal(405, "method_not_allowed", `${method} isn't offered here, only ${allowed}.`, { allow: allowed });
}

function badBody(): Answer {
  return refusal(400, "invalid_request", "The body is neither a JSON object nor a form.");
}

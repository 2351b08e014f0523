import { readJsonPath } from "#lib/resources/read-json-path.ts";
import { renderJson, renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import { headerOf, queryOf, type ReceivedRequest } from "./received.ts";
import { type DeliveryPayload, HookHeader, MediaType, type TriggerDraft } from "./schema.ts";

export type HookAnswer = { status: number; headers: [name: string, value: string][]; body: Uint8Array | string };

const plain = (text: string): HookAnswer => ({ status: 200, headers: [["Content-Type", "text/plain; charset=utf-8"]], body: text });

/**
 * The value that a challenge handshake wants back, where the request is one: by query, or by a field of the body. A GET is answered
 * whoever sends it, since it brings nothing, and what comes back is what they sent, as text; a POST once it is verified.
 */
export function readChallenge(response: TriggerDraft["response"], received: ReceivedRequest, body: unknown): string | null {
  if (response.kind !== "echo" || response.what !== "field") return null;
  const asked = response.query ? queryOf(received, response.query) : undefined;
  if (asked !== undefined) return asked;
  const value = response.path ? readJsonPath(body, response.path) : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

export const answerChallenge = (value: string): HookAnswer => plain(value);

/** What a taken event is answered, whatever came of it: the sender has done its part. A template that fails here is an empty 200. */
export function buildResponse(response: TriggerDraft["response"], received: ReceivedRequest, payload: DeliveryPayload): HookAnswer {
  switch (response.kind) {
    case "empty":
      return { status: 200, headers: [], body: "" };
    case "echo":
      return response.what === "body"
        ? { status: 200, headers: [["Content-Type", echoType(headerOf(received, "content-type"))]], body: received.body }
        : { status: 200, headers: [], body: "" };
    case "custom": {
      const scope = { trigger: payload };
      try {
        const isJson = /json/i.test(response.contentType);
        const body = isJson && response.body.trim() ? renderJson(response.body, scope) : renderTemplate(response.body, scope, "text");
        // Again: what was stored before a rule isn't held to it by having been checked.
        const headers = response.headers
          .filter(({ name }) => HookHeader.safeParse(name).success)
          .map(({ name, value }): [string, string] => [name, renderTemplate(value, scope, "header")]);
        const type = MediaType.safeParse(response.contentType).data ?? "text/plain; charset=utf-8";
        return { status: response.status, headers: [["Content-Type", type], ...headers], body };
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        return { status: 200, headers: [], body: "" };
      }
    }
  }
}

/** What is echoed is data: nothing that a browser would run. */
const echoType = (given: string | undefined): string =>
  given && /^application\/json/i.test(given) ? "application/json" : "text/plain; charset=utf-8";

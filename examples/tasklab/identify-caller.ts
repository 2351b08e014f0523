import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Answer, refusal } from "./answer.ts";
import { API_KEYS, BASIC_USERS, type Person, personFor } from "./demo-values.ts";
import type { OAuthServer } from "./oauth-server.ts";
import type { Door } from "./parse-target.ts";

export interface Caller {
  person: Person;
  /** Bearer callers only: which token of which family they hold. */
  held: { family: string; token: string } | null;
}

type Identified = { ok: true; caller: Caller } | { ok: false; answer: Answer };

/** Who is calling, by the door they came in through. A 401 says which proof is missing or wrong, and in which header it belongs. */
export async function identifyCaller(
  door: Door,
  headers: IncomingMessage["headers"],
  query: URLSearchParams,
  oauth: OAuthServer,
): Promise<Identified> {
  switch (door) {
    case "open":
      return known("anyone");
    case "key": {
      const given = single(headers["x-api-key"]) ?? query.get("api_key");
      if (given === null)
        return unauthorized(
          "missing_key",
          "No API key came along. Send it in the X-API-Key header or as ?api_key=.",
          'ApiKey realm="TaskLab"',
        );
      const match = API_KEYS.find(({ key }) => sameText(key, given));
      return match
        ? known(match.sub)
        : unauthorized("wrong_key", "This API key isn't known here. The front page lists the demo keys.", 'ApiKey realm="TaskLab"');
    }
    case "basic": {
      const challenge = 'Basic realm="TaskLab", charset="UTF-8"';
      const encoded = headers.authorization?.match(/^Basic\s+(\S*)$/i)?.[1];
      if (encoded === undefined)
        return unauthorized("missing_password", "No username and password came along. Send them by HTTP Basic.", challenge);
      const given = Buffer.from(encoded, "base64").toString();
      const match = BASIC_USERS.find(({ username, password }) => sameText(`${username}:${password}`, given));
      return match
        ? known(match.username)
        : unauthorized("wrong_password", "This username and password don't match. The front page lists the demo users.", challenge);
    }
    case "v3": {
      const given = headers.authorization?.match(/^Bearer\s+(\S+)$/i)?.[1] ?? query.get("access_token");
      if (!given)
        return unauthorized("missing_token", "No access token came along. Send it as Authorization: Bearer.", 'Bearer realm="TaskLab"');
      const holder = await oauth.holder(given);
      return holder
        ? known(holder.sub, { family: holder.family, token: holder.token })
        : refuseToken("The access token is unknown, expired or revoked. Refresh it.");
    }
  }
}

/** RFC 6750 section 3.1. */
export function refuseToken(message: string): { ok: false; answer: Answer } {
  return unauthorized("invalid_token", message, `Bearer realm="TaskLab", error="invalid_token", error_description="${message}"`);
}

function known(sub: string, held: Caller["held"] = null): Identified {
  return { ok: true, caller: { person: personFor(sub), held } };
}

function unauthorized(error: string, message: string, challenge: string): { ok: false; answer: Answer } {
  return { ok: false, answer: refusal(401, error, message, { "www-authenticate": challenge }) };
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

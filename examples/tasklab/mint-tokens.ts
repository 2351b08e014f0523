import { randomUUID } from "node:crypto";
import { type Answer, jsonAnswer, refusal } from "./answer.ts";
import { CLIENTS } from "./demo-values.ts";
import type { OAuthServer } from "./oauth-server.ts";

const MOST_AT_ONCE = 1_000;

/**
 * POST /mint, as if a user had just signed in and consented. Wishes, all optional:
 * client (id), sub, lifetime (s), expired (the access token is dead on arrival), count (then the answer is {data: [...]}).
 */
export async function mintTokens(oauth: OAuthServer, wish: Record<string, unknown>, usualLifetime: number): Promise<Answer> {
  const { client: clientId = "tasklab-web", sub, expired = false } = wish;
  const lifetime = Number(wish.lifetime ?? usualLifetime);
  const count = Number(wish.count ?? 1);

  const client = CLIENTS.find((candidate) => candidate.id === clientId && candidate.grant === "refresh_token");
  if (!client) {
    const ids = CLIENTS.filter((candidate) => candidate.grant === "refresh_token").map((candidate) => candidate.id);
    return refusal(400, "invalid_request", `"client" is one of ${ids.join(", ")}.`);
  }
  if (sub !== undefined && (typeof sub !== "string" || !/^[^\p{Cc}]{1,255}$/u.test(sub))) {
    return refusal(400, "invalid_request", `"sub" is a text of 1 to 255 characters without control characters.`);
  }
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > 86_400)
    return refusal(400, "invalid_request", `"lifetime" is 1 to 86400 seconds.`);
  if (!Number.isInteger(count) || count < 1 || count > MOST_AT_ONCE)
    return refusal(400, "invalid_request", `"count" is 1 to ${MOST_AT_ONCE}.`);

  const mintOne = () =>
    oauth.mint({
      clientId: client.id,
      sub: sub ?? `user_${randomUUID().slice(0, 13)}`,
      lifetime,
      dead: expired === true || expired === "true",
    });
  if (wish.count === undefined) return jsonAnswer(201, { ...(await mintOne()), client_secret: client.secret });
  const minted = [];
  for (let made = 0; made < count; made += 1) minted.push(await mintOne());
  return jsonAnswer(201, { data: minted });
}

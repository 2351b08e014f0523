import { readJsonPath } from "#lib/resources/read-json-path.ts";

/** The secret in what an API answered when it was told of a webhook. Pure. */
export function readSubscriptionSecret(answer: string, path: string): string | null {
  const value = readJsonPath(parseAnswer(answer), path);
  return typeof value === "string" && value !== "" ? value : null;
}

/** What `{{subscription.*}}` reads: the answer, where it is JSON. */
export function parseAnswer(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return {};
  }
}

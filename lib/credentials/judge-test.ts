import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { Outcome } from "#lib/transport/schema.ts";
import { meansExpired, parseJson } from "./means-expired.ts";

export type TestResult = {
  /** `expired`: the resource's own sign of an expired token, whatever the status. `path`: nothing is where something must be. */
  kind: "passed" | "expired" | "status" | "path";
  /** The end of a sentence, such as "401" or "200, but nothing is at $.user". */
  answered: string;
};

/**
 * Whether an answer to a resource's test request passes: 2xx, no sign of an expired token, and something at the path that must exist.
 * The one rule for Send Test Request, for connect and for the checks of stored credentials. Pure.
 */
export function judgeTest(
  { test, behaviour }: Pick<ResourceDefinition, "test" | "behaviour">,
  answer: Extract<Outcome, { kind: "answer" }>,
): TestResult {
  const { status, body } = answer;
  const isSuccess = status >= 200 && status < 300;
  if (meansExpired(behaviour, answer)) {
    return { kind: "expired", answered: isSuccess ? `${status} with its sign of an expired token` : String(status) };
  }
  if (!isSuccess) return { kind: "status", answered: String(status) };
  const isThere = !test.expectPath || readJsonPath(parseJson(body), test.expectPath) !== undefined;
  return isThere
    ? { kind: "passed", answered: String(status) }
    : { kind: "path", answered: `${status}, but nothing is at ${test.expectPath}` };
}

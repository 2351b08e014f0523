/** What the stepper says of each step. Pure. */
import type { TestReport } from "#lib/connections/schema.ts";
import { SETUP_STEPS, type SetupStep } from "#lib/paths.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import type { AuthType } from "#lib/resources/words.ts";
import type { CurrentProblem } from "./current-problems.ts";

export type StepState = { step: SetupStep; state: "todo" | "now" | "done" | "error"; summary: string };

/** App-level resources have no Authorization step: its settings are in Request Details. */
export const stepsOf = (draft: Pick<ResourceDraft, "level">): SetupStep[] =>
  SETUP_STEPS.filter((step) => step !== "authorization" || draft.level !== "app");

const SHORT_AUTH: Record<AuthType, string> = {
  oauth2_refresh_token: "OAuth 2.0",
  oauth2_client_credentials: "Client Credentials",
  api_key: "API Key",
};

/** `left`: steps that were left by Next, Back or the stepper. What is missing there is now said aloud. */
export function stepStates(
  draft: ResourceDraft,
  problems: CurrentProblem[],
  { current, left, lastTest }: { current: SetupStep; left: ReadonlySet<SetupStep>; lastTest: TestReport | null },
): StepState[] {
  return stepsOf(draft).map((step) => {
    const own = problems.filter((problem) => problem.step === step);
    const wrong = own.filter((problem) => !problem.isMissing);
    const isCurrent = step === current;
    const failed = step === "test-and-publish" && lastTest !== null && !lastTest.passed;
    if (wrong.length > 0) return { step, state: "error", summary: countWrong(wrong) };
    if (own.length > 0 && left.has(step) && !isCurrent)
      return { step, state: "error", summary: `${own.length} ${own.length === 1 ? "field" : "fields"} to fill in` };
    if (isCurrent) return { step, state: "now", summary: failed ? countFailed(lastTest) : summaryOf(step, draft, lastTest, "In progress") };
    if (failed) return { step, state: "error", summary: countFailed(lastTest) };
    const isDone = own.length === 0 && isBegun(step, draft, lastTest);
    return { step, state: isDone ? "done" : "todo", summary: isDone ? summaryOf(step, draft, lastTest, "Done") : "To do" };
  });
}

const countWrong = (wrong: CurrentProblem[]): string => {
  const unknown = wrong.filter(({ fix }) => fix !== undefined).length;
  if (unknown === wrong.length) return unknown === 1 ? "1 unknown variable" : `${unknown} unknown variables`;
  return wrong.length === 1 ? `${wrong[0]!.label} to fix` : `${wrong.length} things to fix`;
};

const countFailed = ({ lanes }: TestReport): string => {
  const sent = lanes.filter(({ state }) => state !== "not_needed");
  return `${sent.filter(({ state }) => state === "failed").length} of ${sent.length} ${sent.length === 1 ? "call" : "calls"} failed`;
};

function isBegun(step: SetupStep, draft: ResourceDraft, lastTest: TestReport | null): boolean {
  if (step === "api-info") return draft.level !== undefined && draft.authType !== undefined;
  if (step === "authorization") return draft.authType === "api_key" ? draft.apiKeys.length > 0 : draft.oauth.accessTokenUrl !== "";
  if (step === "request-details") return draft.request.baseUrl !== "";
  return lastTest?.passed === true;
}

function summaryOf(step: SetupStep, draft: ResourceDraft, lastTest: TestReport | null, otherwise: string): string {
  const { level, authType } = draft;
  if (step === "api-info" && level && authType) return `${level === "user" ? "User" : "App"} · ${SHORT_AUTH[authType]}`;
  if (step === "authorization") {
    const parts = [
      ...(authType === "api_key" && draft.apiKeys.length > 0 ? [count(draft.apiKeys.length, "API key")] : []),
      ...(draft.inputs.length > 0 ? [count(draft.inputs.length, "Required Input")] : []),
    ];
    return parts.join(", ") || otherwise;
  }
  if (step === "test-and-publish" && lastTest?.passed) return "Test passed";
  return otherwise;
}

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** Which step holds a field, as lib/resources/check-draft says it; that one would bring its engines along. */
export function stepOfPath({ level }: Pick<ResourceDraft, "level">, path: string): SetupStep {
  const [section] = path.split(".");
  if (section === "level" || section === "authType") return "api-info";
  if (section === "oauth" || section === "apiKeys") return level === "app" ? "request-details" : "authorization";
  if (section === "inputs") return "authorization";
  if (section === "testValues" && level !== "app") return "test-and-publish";
  if (section === "test") return "test-and-publish";
  return "request-details";
}

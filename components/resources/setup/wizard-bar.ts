/** What the bar at the foot of the wizard offers and says. */
import type { WizardBarProps } from "#components/shell/wizard-shell.tsx";
import type { SetupStep } from "#lib/paths.ts";
import type { CurrentProblem } from "./current-problems.ts";
import { fieldId, type Setup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import type { useFinish } from "./use-finish.ts";

const THEN: Record<SetupStep, string> = {
  "api-info": "who holds the credentials",
  authorization: "token URL and client",
  "request-details": "where requests go",
  "test-and-publish": "one real call",
};

type BarContext = {
  setup: Setup;
  steps: SetupStep[];
  at: number;
  href: (step: SetupStep) => string;
  navigate: (href: string) => void;
  finish: ReturnType<typeof useFinish>;
};

export function barOf({ setup, steps, at, href, navigate, finish }: BarContext): WizardBarProps {
  const { step, problems, draft } = setup;
  const [before, after] = [steps[at - 1], steps[at + 1]];
  // Not before what was typed is saved: where the session has ended, the next page is sign-in, and this one is gone.
  const move = (target: SetupStep) => async () => {
    if (await setup.save()) navigate(href(target));
  };
  const back = before ? { onSelect: move(before) } : undefined;
  const said =
    step === "test-and-publish" ? problems : problems.filter((problem) => problem.step === step && setup.problemAt(problem.path));
  const problem = said[0] && { text: describeProblems(said), href: `${href(said[0].step)}#${fieldId(said[0].path)}` };
  if (!after) return { back, last: true, next: { onSelect: finish.start, busy: finish.busy, busyLabel: "Finish…" }, problem };
  const then = after === "authorization" && draft.authType === "api_key" ? "the names of the keys" : THEN[after];
  return { back, then, problem, next: { onSelect: move(after) } };
}

function describeProblems(problems: CurrentProblem[]): string {
  const isUnknown = ({ fix }: CurrentProblem) => fix !== undefined;
  if (problems.every(isUnknown)) return count(problems.length, "unknown variable");
  return `${problems.length} ${problems.length === 1 ? "thing" : "things"} to fix: ${problems[0]!.label}`;
}

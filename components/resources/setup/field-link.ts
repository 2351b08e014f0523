import { setupStepPath } from "#lib/paths.ts";
import type { CurrentProblem } from "./current-problems.ts";
import { fieldId } from "./setup-context.ts";

/** The address of a field. The wizard goes there without a reload; a new tab opens the right step. */
export const fieldLink = (projectId: string, resourceId: string, { step, path }: Pick<CurrentProblem, "step" | "path">): string =>
  `${setupStepPath(projectId, resourceId, step)}#${fieldId(path)}`;

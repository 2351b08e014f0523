/** Which problems hold for what is typed now. Pure: the server's last findings, less what was changed since, plus unknown variables. */
import type { DraftProblem } from "#lib/resources/check-draft.ts";
import { explainUnknownSecret, listKnownVariables } from "#lib/resources/list-known-variables.ts";
import { listTemplateFields } from "#lib/resources/list-template-fields.ts";
import { diffDrafts } from "#lib/resources/merge-drafts.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { findUnknownVariables } from "#lib/template/variables.ts";
import type { DraftReview } from "./setup-types.ts";

export type CurrentProblem = DraftProblem & {
  /** Nothing is typed there yet: said gently, and only once the step was left. */
  isMissing: boolean;
};

export function currentProblems(draft: ResourceDraft, review: DraftReview): CurrentProblem[] {
  const unknown = unknownVariables(draft, review.secretNames);
  const typed = new Set(unknown.map(({ path }) => path));
  const kept = review.problems.filter(
    ({ path, fix }) =>
      !typed.has(path) && !isFixed(draft, review.secretNames, fix) && isSame(readPath(draft, path), readPath(review.body, path)),
  );
  return [...kept, ...unknown].map((problem) => ({ ...problem, isMissing: isEmpty(readPath(draft, problem.path)) }));
}

/** Marked while typing: the parser is small enough for the browser. */
function unknownVariables(draft: ResourceDraft, secretNames: readonly string[]): DraftProblem[] {
  return listTemplateFields(draft).flatMap((field): DraftProblem[] => {
    const [unknown] = findUnknownVariables(field.text, listKnownVariables(draft, field.place, secretNames), field.format);
    if (!unknown) return [];
    const { path, step, label } = field;
    const key = /^inputs\.([A-Za-z_][A-Za-z0-9_-]{0,63})$/.exec(unknown.variable)?.[1];
    if (key && draft.level !== "app") {
      const message = `There is no input named ${key}. Add it, and users are asked for it when they connect.`;
      return [{ path, step, label, message, fix: { kind: "add-input", key } }];
    }
    const secret = unknown.suggestion?.startsWith("secrets.") ? null : explainUnknownSecret(unknown.variable);
    if (secret) return [{ path, step, label, message: secret.message, fix: { kind: "add-secret", name: secret.name } }];
    const fix = unknown.suggestion ? { kind: "use-variable" as const, name: unknown.suggestion } : undefined;
    return [{ path, step, label, message: unknown.fix, ...(fix ? { fix } : {}) }];
  });
}

const isFixed = (draft: ResourceDraft, secretNames: readonly string[], fix: DraftProblem["fix"]): boolean =>
  (fix?.kind === "add-input" && draft.inputs.some(({ key }) => key === fix.key)) ||
  (fix?.kind === "add-secret" && secretNames.includes(fix.name));

export function readPath(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? at[key as keyof typeof at] : undefined), value);
}

const isSame = (a: unknown, b: unknown): boolean => diffDrafts(a, b).length === 0;

const isEmpty = (value: unknown): boolean => value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

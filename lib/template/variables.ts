import { closest } from "./closest.ts";
import { listReferences, type TemplateFormat } from "./parse-template.ts";

/**
 * Where values come from. `trigger`, `steps` and `item` exist in workflows only; `settings` and `subscription` in the requests by which an
 * API is told of a webhook, and `trigger` in what a webhook is answered.
 */
export const VARIABLE_SOURCES = [
  "inputs",
  "credentials",
  "user",
  "profile",
  "secrets",
  "trigger",
  "steps",
  "item",
  "settings",
  "subscription",
] as const;
export type VariableSource = (typeof VARIABLE_SOURCES)[number];

/** The values a template is rendered with. A source that is absent has no variables. */
export type TemplateScope = Partial<Record<VariableSource, unknown>>;

/** One line of the variable menu. */
export type KnownVariable = {
  /** Dotted, such as `inputs.tenant`. */
  name: string;
  /** Shown beside the name: the title of the Required Input, "Access token", ... */
  description?: string;
  /** Its value is masked wherever it is shown. */
  secret: boolean;
  /** Anything below it may be read too, since its fields aren't known beforehand: `trigger`, `user.metadata`. */
  open?: boolean;
};
export type VariableCatalog = readonly KnownVariable[];

export type UnknownVariable = {
  variable: string;
  start: number;
  end: number;
  /** A known variable that was probably meant. */
  suggestion?: string;
  /** What to do, as a sentence. */
  fix: string;
};

/** Variables that a template reads and the catalog doesn't hold, filter arguments included. */
export function findUnknownVariables(text: string, known: VariableCatalog, format: TemplateFormat = "text"): UnknownVariable[] {
  return listReferences(text, format)
    .filter((reference) => findKnown(reference.name, known) === undefined)
    .map(({ name, start, end }) => {
      const suggestion = suggestVariable(
        name,
        known.map((variable) => variable.name),
      );
      return { variable: name, start, end, suggestion, fix: fixUnknown(name, suggestion) };
    });
}

/** Within a source the names below it are compared: what all of them begin with makes none of them alike. */
function suggestVariable(name: string, known: readonly string[]): string | undefined {
  const source = `${name.split(".", 1)[0]}.`;
  const siblings = known.filter((each) => each.startsWith(source));
  const meant = closest(
    name.slice(source.length),
    siblings.map((each) => each.slice(source.length)),
  );
  if (meant !== undefined) return source + meant;
  return closest(
    name,
    known.filter((each) => !siblings.includes(each)),
  );
}

/** Whether showing the variable would show a secret. What isn't known counts as one. */
export function isSecret(name: string, known: VariableCatalog): boolean {
  return findKnown(name, known)?.secret ?? true;
}

/** The entry that stands for a variable: its own, or the nearest open one above it. */
export function findKnown(name: string, known: VariableCatalog): KnownVariable | undefined {
  let found: KnownVariable | undefined;
  for (const variable of known) {
    if (variable.name === name) return variable;
    const isBelow = name.startsWith(`${variable.name}.`) || name.startsWith(`${variable.name}[`);
    if (variable.open && isBelow && (!found || variable.name.length > found.name.length)) found = variable;
  }
  return found;
}

function fixUnknown(name: string, suggestion: string | undefined): string {
  if (suggestion) return `There is no ${name}. Did you mean ${suggestion}?`;
  const [source, key] = name.split(".", 2);
  if (!VARIABLE_SOURCES.includes(source as VariableSource)) return `There is no ${name}. Type {{ to choose from the variables.`;
  if (source === "inputs" && key) return `Add Required Input \`${key}\`.`;
  if (source === "secrets" && key) return `Add Secret \`${key}\` in the project's settings.`;
  return `There is no ${name} here. Type {{ to choose from the variables.`;
}

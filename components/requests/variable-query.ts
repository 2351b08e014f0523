/** Where a variable is being typed. Pure. */
import type { KnownVariable, VariableCatalog } from "#lib/template/variables.ts";

export type VariableQuery = {
  /** Offsets of what an insertion replaces: from `{{` to the caret, and to a `}}` that ends the same name. */
  start: number;
  end: number;
  text: string;
};

/** The name being typed at the caret, or null: nothing is open there, or a filter or text follows already. */
export function findQuery(text: string, caret: number): VariableQuery | null {
  const start = text.lastIndexOf("{{", caret - 2);
  if (start < 0 || start + 2 > caret) return null;
  const typed = text.slice(start + 2, caret);
  if (!/^\s*[\w.-]*$/.test(typed)) return null;
  const rest = /^[\w.-]*\s*\}\}/.exec(text.slice(caret))?.[0] ?? "";
  return { start, end: caret + rest.length, text: typed.trim() };
}

export function filterVariables(known: VariableCatalog, query: string): KnownVariable[] {
  const wanted = query.toLowerCase();
  return known.filter(({ name, description = "" }) => name.toLowerCase().includes(wanted) || description.toLowerCase().includes(wanted));
}

/** What an insertion writes, and where the caret goes in it. Below an open variable a name is still to be typed. */
export function insertionOf({ name, open }: KnownVariable): { text: string; caret: number } {
  const text = `{{${name}${open ? "." : ""}}}`;
  return { text, caret: open ? text.length - 2 : text.length };
}

/** Of an option in the menu of variables. */
export const optionId = (menuId: string, index: number) => `${menuId}-${index}`;

const GROUPS: Record<string, string> = {
  trigger: "Trigger",
  steps: "Steps",
  item: "Item",
  inputs: "Inputs",
  credentials: "Credential",
  user: "User",
  profile: "Profile",
  secrets: "Secrets",
};

export function groupVariables(variables: readonly KnownVariable[]): { label: string; variables: KnownVariable[] }[] {
  const groups = new Map<string, KnownVariable[]>();
  for (const variable of variables) {
    const source = variable.name.split(".", 1)[0]!;
    const label = GROUPS[source] ?? source;
    groups.set(label, [...(groups.get(label) ?? []), variable]);
  }
  return [...groups].map(([label, list]) => ({ label, variables: list }));
}

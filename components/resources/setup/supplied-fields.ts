import { type SuppliedField, suppliedFields } from "#lib/credentials/schema.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import { fieldId, type Setup } from "./setup-context.ts";

/** What a user supplies, as far as the draft says it already. */
export function fieldsOf(draft: ResourceDraft): SuppliedField[] {
  if (!draft.level || !draft.authType) return [];
  return suppliedFields(draft as ResourceDefinition).filter(({ key }) => key !== "");
}

export const testFieldId = (key: string): string => fieldId(`testValues.${key}`);

/** Only what was typed here: the rest is kept on the server. An emptied plain field clears what is kept. */
export function typedValuesOf(
  draft: ResourceDraft,
  { typed, kept }: Pick<Setup["testValues"], "typed" | "kept">,
): Record<string, string | null> {
  const entries = fieldsOf(draft).flatMap(({ key }): [string, string | null][] => {
    const value = typed[key];
    if (value === undefined || value === kept[key]?.value) return [];
    if (value === "") return kept[key] ? [[key, null]] : [];
    return [[key, value]];
  });
  return Object.fromEntries(entries);
}

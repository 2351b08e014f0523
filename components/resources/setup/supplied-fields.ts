import { type SuppliedField, suppliedFields } from "#lib/credentials/schema.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";

/** What a user supplies, as far as the draft says it already. */
export function fieldsOf(draft: ResourceDraft): SuppliedField[] {
  if (!draft.level || !draft.authType) return [];
  return suppliedFields(draft as ResourceDefinition).filter(({ key }) => key !== "");
}

export const testFieldId = (key: string): string => `test-${key}`;

/** Values to show in place of variables: those of the test user, else what the admin wrote as an example. Pure. */

import type { ResourceDraft } from "#lib/resources/schema.ts";
import { MASK } from "#lib/template/encode-value.ts";
import type { KnownVariable } from "#lib/template/variables.ts";
import type { KeptTestValues } from "./setup-types.ts";

/** The example of a Required Input: its placeholder, its first choice, else its key. */
export function exampleOf(input: ResourceDraft["inputs"][number]): string {
  return input.placeholder || (input.accepts.kind === "choices" ? (input.accepts.choices[0] ?? "") : "") || input.key;
}

/** What the variable menu shows at the right. Of a secret, its last four at most. */
export function sampleFor(
  { name, secret }: KnownVariable,
  draft: ResourceDraft,
  typed: Record<string, string>,
  kept: KeptTestValues,
): string | undefined {
  const [source, key = ""] = name.split(".", 2);
  if (name === "credentials.client_id") return draft.oauth.clientId.includes("{{") ? undefined : draft.oauth.clientId;
  if (source === "inputs" || source === "credentials") {
    if (secret) return `${MASK} ${kept[key]?.hint ?? ""}`.trim();
    const input = draft.inputs.find((each) => each.key === key);
    const apiKey = draft.apiKeys.find((each) => each.name === key);
    return typed[key] || kept[key]?.value || (source === "inputs" ? input && exampleOf(input) : apiKey?.placeholder);
  }
  if (source === "secrets") return MASK;
  if (name === "user.id") return "test-user";
  return undefined;
}

/** Who may choose the host (rules.md), for what a subscription's requests read besides the resource's definition. Pure. */
import type { RequestTemplateDraft } from "#lib/resources/schema.ts";
import { listReferences, type TemplateFormat } from "#lib/template/parse-template.ts";
import type { TriggerDraft } from "./schema.ts";

export type PlacedTemplate = { path: string; text: string; format: TemplateFormat };

/** Every template of a request, with where it stands below `at`. */
export function listRequestTemplates(at: string, { path, query, headers, body }: RequestTemplateDraft): PlacedTemplate[] {
  const text = (path: string, text: string, format: TemplateFormat = "text"): PlacedTemplate => ({ path: `${at}.${path}`, text, format });
  const pairs = (name: string, list: { value: string }[]) => list.map(({ value }, index) => text(`${name}.${index}.value`, value));
  return [
    text("path", path),
    ...pairs("query", query),
    ...pairs("headers", headers),
    ...(body.kind === "json" || body.kind === "raw" ? [text("body.text", body.text, body.kind === "json" ? "json" : "text")] : []),
    ...(body.kind === "form" ? pairs("body.fields", body.fields) : []),
  ];
}

/**
 * What a template reads of the trigger that its users share, so that none of them may see it: the secret, and at app level the URL. At
 * user level each has a URL of their own.
 */
export const sharedSettingIn = (level: TriggerDraft["level"], { text, format }: PlacedTemplate): string | undefined =>
  listReferences(text, format).find(({ name, path }) => path[0] === "settings" && (level === "app" || name !== "settings.webhookURL"))
    ?.name;

/** In words, with a fix. `input`: by whose value the host is a user's choice. */
export function whyWithheld(name: string, input: string): string {
  const why = `${name}, which all users share, would go to a host that each of them chooses with inputs.${input}.`;
  return name === "settings.webhookURL"
    ? `${why} Choose User-level, so that each has a URL of their own, or end the resource’s API Base URL in a domain of the API.`
    : `${why} Take it out, or end the resource’s API Base URL in a domain of the API.`;
}

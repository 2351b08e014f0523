import { AUTH_TYPE_LABELS, type AuthType, LEVEL_LABELS, type ResourceLevel } from "#lib/resources/words.ts";

/** A value of a draft in words, as the screen calls it. Pure. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null || value === "") return "Empty";
  if (typeof value === "boolean") return value ? "On" : "Off";
  if (typeof value === "string") return AUTH_TYPE_LABELS[value as AuthType] ?? LEVEL_LABELS[value as ResourceLevel] ?? value;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "None" : value.map(describeRow).join(", ");
  if (typeof value === "object" && "kind" in value) return value.kind === "sealed" ? "A stored secret" : String(value.kind);
  return JSON.stringify(value);
}

function describeRow(row: unknown): string {
  if (typeof row !== "object" || row === null) return String(row);
  const { key, name, value } = row as { key?: string; name?: string; value?: string };
  const title = key ?? name ?? "";
  return value ? `${title}: ${value}` : title || JSON.stringify(row);
}

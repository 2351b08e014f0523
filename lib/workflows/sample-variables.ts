/** The fields of a sample as lines of the variable menu. Pure. */
import type { KnownVariable } from "#lib/template/variables.ts";

export type SampledVariable = KnownVariable & { sample?: string };

const DEEPEST = 5;
const MOST = 150;
const MOST_SHOWN = 80;
const PLAIN_KEY = /^[A-Za-z0-9_-]+$/;

/**
 * `name` and all below it, level by level, so that the fields nearest to the top are there when a sample is too large to list. What
 * has fields is open, since another event may bring others. Of a list its first item stands for all.
 */
export function sampleVariables(name: string, sample: unknown, description?: string): SampledVariable[] {
  const found: SampledVariable[] = [];
  let level: [name: string, value: unknown][] = [[name, sample]];
  for (let depth = 0; depth < DEEPEST && level.length > 0 && found.length < MOST; depth++) {
    const below: [string, unknown][] = [];
    for (const [path, value] of level.slice(0, MOST - found.length)) {
      const fields = fieldsOf(path, value);
      found.push({
        name: path,
        ...(description && path === name ? { description } : {}),
        secret: false,
        ...(typeof value === "object" || value === undefined ? { open: true } : {}),
        sample: showSample(value),
      });
      below.push(...fields);
    }
    level = below;
  }
  return found;
}

function fieldsOf(path: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.length > 0 ? [[`${path}[0]`, value[0]]] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([key, item]) => [PLAIN_KEY.test(key) ? `${path}.${key}` : `${path}[${quote(key)}]`, item]);
}

const quote = (key: string): string => (key.includes('"') ? `'${key}'` : `"${key}"`);

export function showSample(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.length === 1 ? "1 item" : `${value.length} items`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.keys(value).slice(0, 3).join(", ")}${Object.keys(value).length > 3 ? ", …" : ""} }`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

import { type Answer, refusal } from "./answer.ts";
import { TENANTS } from "./demo-values.ts";
import { parseSwitches, type Switch } from "./switches.ts";

/** The ways into the API. They differ only in how a caller proves who they are. */
export type Door = "v3" | "key" | "basic" | "open";

export interface Target {
  switches: Switch[];
  tenant: string | null;
  place: Door | "oauth";
  /** Decoded segments after the door: ["tasks", "northgate-1"]. */
  rest: string[];
}

const PLACES = new Set<string>(["v3", "key", "basic", "open", "oauth"] satisfies Target["place"][]);

/** Reads /switch/{names}/{tenant}/{door}/..., where the switch and the tenant may be left out. */
export function parseTarget(path: string): { ok: true; target: Target } | { ok: false; answer: Answer } {
  let segments: string[];
  try {
    segments = path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return no(400, "bad_path", `The path "${path.slice(0, 200)}" has a % that isn't followed by two hex digits.`);
  }

  const switches: Switch[] = [];
  while (segments[0] === "switch") {
    const parsed = parseSwitches(segments[1] ?? "");
    if (!parsed.ok) return parsed;
    switches.push(...parsed.switches);
    segments = segments.slice(2);
  }

  const [first = "", second = ""] = segments;
  if (isPlace(first)) return { ok: true, target: { switches, tenant: null, place: first, rest: segments.slice(1) } };
  if (isPlace(second)) {
    if (!TENANTS.some((tenant) => tenant === first)) {
      return no(404, "unknown_tenant", `There is no tenant "${first.slice(0, 80)}". The tenants are ${TENANTS.join(", ")}.`);
    }
    return { ok: true, target: { switches, tenant: first, place: second, rest: segments.slice(2) } };
  }
  return no(
    404,
    "not_found",
    `Nothing is at "${path.slice(0, 200)}". The API is at /{tenant}/v3/tasks, the token URL at /{tenant}/oauth/token.`,
  );
}

function isPlace(segment: string): segment is Target["place"] {
  return PLACES.has(segment);
}

function no(status: number, error: string, message: string) {
  return { ok: false as const, answer: refusal(status, error, message) };
}

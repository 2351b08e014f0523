import { type Answer, refusal } from "./answer.ts";

/** A switch makes TaskLab misbehave in one named way. `slow=3000` has the name slow and the value 3000. */
export interface Switch {
  name: SwitchName;
  value: string | null;
}

export type Side = "api" | "token";

interface SwitchInfo {
  /** Which calls it changes. */
  on: Side | "both";
  /** Whether the call's own work is still done: a token call with work done has used up its refresh token. */
  work: "done" | "not done";
  what: string;
  example?: string;
}

export const SWITCHES = {
  slow: { on: "both", work: "done", what: "The answer is held back for so many milliseconds", example: "slow=3000" },
  "rate-limited": { on: "both", work: "not done", what: "429 with Retry-After in seconds", example: "rate-limited=2" },
  status: { on: "both", work: "not done", what: "This status, with a JSON error", example: "status=503" },
  "redirect-to-private": {
    on: "both",
    work: "not done",
    what: "302 to a private address: metadata, ten, decimal, mapped or loopback",
    example: "redirect-to-private=ten",
  },
  "redirect-loop": { on: "both", work: "not done", what: "302 to itself, without end" },
  "redirect-to-other-origin": {
    on: "both",
    work: "not done",
    what: "307 to this server under its other loopback name, where /open/echo shows what arrived",
  },
  malformed: { on: "both", work: "not done", what: "200 with JSON that ends too early" },
  html: { on: "both", work: "not done", what: "200 with a web page where JSON is expected" },
  empty: { on: "both", work: "not done", what: "200 without a body" },
  big: { on: "both", work: "not done", what: "JSON of so many MiB, streamed", example: "big=12" },
  "gzip-bomb": { on: "both", work: "not done", what: "50 kB of gzip that decode to 50 MiB of JSON" },
  drip: { on: "both", work: "not done", what: "One byte every so many milliseconds, for ten minutes", example: "drip=500" },
  gzip: { on: "both", work: "done", what: "The true answer, compressed" },
  close: { on: "both", work: "done", what: "The connection is reset in the middle of the body" },
  "unauthorized-until-refreshed": {
    on: "api",
    work: "not done",
    what: "401 for the first access token seen of each grant; a refreshed one is accepted",
  },
  "token-error": {
    on: "token",
    work: "not done",
    what: "The token call is refused with this OAuth error",
    example: "token-error=invalid_grant",
  },
  "token-without-access-token": { on: "token", work: "done", what: "200, but no access_token in the answer" },
  "expires-in-string": { on: "token", work: "done", what: "expires_in as a text" },
  "no-expires-in": { on: "token", work: "done", what: "No expires_in in the answer" },
  "form-answer": { on: "token", work: "done", what: "The token answer form-encoded instead of JSON" },
  "no-rotation": { on: "token", work: "done", what: "The refresh token stays the same and keeps working" },
  lifetime: { on: "token", work: "done", what: "Access tokens live for so many seconds", example: "lifetime=5" },
} as const satisfies Record<string, SwitchInfo>;

export type SwitchName = keyof typeof SWITCHES;

export type SwitchParse = { ok: true; switches: Switch[] } | { ok: false; answer: Answer };

/** Reads "slow=3000, html". Unknown names and values that make no sense are refused, so that a typing slip isn't taken for good behaviour. */
export function parseSwitches(text: string): SwitchParse {
  const switches: Switch[] = [];
  for (const part of text.split(",")) {
    const [rawName = "", ...rest] = part.split("=");
    const name = rawName.trim();
    if (name === "") continue;
    if (!isSwitchName(name)) {
      return refuse(`There is no switch "${name.slice(0, 60)}". The switches are ${Object.keys(SWITCHES).join(", ")}.`);
    }
    const value = rest.length > 0 ? rest.join("=").trim() : null;
    const range = NUMBER_VALUES[name];
    if (value !== null && range && !(/^\d+$/.test(value) && Number(value) >= range.from && Number(value) <= range.to)) {
      return refuse(`The switch "${name}" takes a whole number from ${range.from} to ${range.to}, as in ${name}=${range.usual}.`);
    }
    switches.push({ name, value });
  }
  return { ok: true, switches };
}

const NUMBER_VALUES: Partial<Record<SwitchName, { from: number; to: number; usual: number }>> = {
  slow: { from: 0, to: 300_000, usual: 3_000 },
  "rate-limited": { from: 0, to: 86_400, usual: 2 },
  status: { from: 200, to: 599, usual: 503 },
  big: { from: 1, to: 10_240, usual: 12 },
  drip: { from: 1, to: 60_000, usual: 500 },
  lifetime: { from: 1, to: 86_400, usual: 5 },
};

/** The number given with a switch, or its usual one. Undefined when the switch is off. */
export function switchNumber(switches: readonly Switch[], name: SwitchName): number | undefined {
  const found = findSwitch(switches, name);
  return found && Number(found.value ?? NUMBER_VALUES[name]?.usual);
}

export function findSwitch(switches: readonly Switch[], name: SwitchName): Switch | undefined {
  return switches.findLast((candidate) => candidate.name === name);
}

export function formatSwitch({ name, value }: Switch): string {
  return value === null ? name : `${name}=${value}`;
}

export function appliesTo(name: SwitchName, side: Side): boolean {
  const { on } = SWITCHES[name];
  return on === "both" || on === side;
}

function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(SWITCHES, name);
}

function refuse(message: string): SwitchParse {
  return { ok: false, answer: refusal(400, "unknown_switch", message) };
}

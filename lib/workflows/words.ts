/** The words of workflows that schemas, pages and tables share. Light: no zod. */

export const STEP_TYPES = ["request", "condition", "fan_out", "delay", "function", "response"] as const;
export type StepType = (typeof STEP_TYPES)[number];

export const TRIGGER_TYPES = ["resource", "event", "request", "schedule", "user_connected"] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

export const OPERATORS = ["equals", "not_equals", "contains", "not_contains", "greater", "less", "exists", "not_exists"] as const;
export type Operator = (typeof OPERATORS)[number];

export const DELAY_UNITS = ["seconds", "minutes", "hours", "days"] as const;
export type DelayUnit = (typeof DELAY_UNITS)[number];

export const BODY_KINDS = ["none", "json", "form", "multipart", "raw"] as const;

/** How templates read a step's output: `{{steps.<name>...}}`. */
export const STEP_NAME = /^[a-z][a-z0-9_]{0,47}$/;
/** A step's name, "comment_for_watcher", as people say it. */
export function inWords(name: string): string {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
export const EVENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

/** Attempts of a Request step in all, first one included. */
export const MOST_ATTEMPTS = 5;
export const MOST_CONCURRENCY = 100;
/** Items of one fan out. */
export const MOST_ITEMS = 10_000;
/** Steps of a workflow, branches included. */
export const MOST_STEPS = 200;
/** A delay ends within a year. */
export const LONGEST_DELAY_SECONDS = 366 * 86_400;
export const SECONDS_OF: Record<DelayUnit, number> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/** Headers of a Request trigger that are for Patchbay, or for the way to it: a workflow neither sees nor keeps them. */
export const HEADERS_KEPT_BACK =
  /^(authorization|cookie|host|connection|content-length|transfer-encoding|keep-alive|te|trailer|upgrade|proxy-.*|x-forwarded-.*|forwarded|x-real-ip|sec-.*|accept-encoding)$/i;

/** Whether the body of a Response step is read as JSON with templates in its strings. */
export const looksLikeJson = (text: string): boolean => /^\s*[[{"]/.test(text);

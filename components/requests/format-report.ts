import type { TestReport } from "#lib/connections/schema.ts";

const TITLES = { token: "Token call", call: "API call", profile: "Profile" };
const STATES = { passed: "passed", failed: "failed", not_sent: "not sent", not_needed: "not needed" };

/** A test as plain text, for the API's own support. The report holds no secret: it was redacted where the calls were made. */
export function formatReport(name: string, { at, passed, durationMs, lanes }: TestReport): string {
  const head = `${name}, tested ${at}: ${passed ? "passed" : "failed"}, ${Math.round(durationMs)} ms. Secrets are left out.`;
  const parts = lanes
    .filter(({ state }) => state !== "not_needed")
    .map(({ kind, state, request, response, rules, problem, note, durationMs: took }) =>
      [
        `## ${TITLES[kind]}: ${STATES[state]}${took === undefined ? "" : `, ${Math.round(took)} ms`}`,
        ...(note ? [note] : []),
        ...(request ? ["", `${request.method} ${request.url}`, ...request.headers.map(([header, value]) => `${header}: ${value}`)] : []),
        ...(request?.body ? ["", request.body] : []),
        ...(response
          ? ["", `${response.status} ${response.statusText}`, ...response.headers.map(([header, value]) => `${header}: ${value}`)]
          : []),
        ...(response?.body ? ["", response.body] : []),
        ...(rules.length > 0 ? ["", ...rules.map((rule) => `${rule.passed ? "[ok]" : "[failed]"} ${rule.text}`)] : []),
        ...(problem ? ["", problem.message, problem.fix] : []),
      ].join("\n"),
    );
  return [head, ...parts].join("\n\n");
}

import { getDomain } from "tldts";
import type { Variable } from "./parse-expression.ts";
import { type ExpressionPart, referencesOf } from "./parse-template.ts";
import { parseUrlTemplate } from "./parse-url-template.ts";
import { TemplateError } from "./template-error.ts";

/** What values may be in the host of a URL; for `renderUrl`. */
export type HostRules = {
  /**
   * "none": the host is written out. "label": each value is one DNS label, so the rest of the host stays the admin's.
   * "hostname": where the whole host is one expression, any host name, and a port if the template has none.
   */
  hostValues: "none" | "label" | "hostname";
  /** The admin's lists, by variable (`inputs.region`). A variable with a list takes nothing else. */
  choices?: Record<string, readonly string[]>;
};

export type HostInput = {
  key: string;
  secret: boolean;
  accepts: { kind: "text" } | { kind: "pattern"; pattern: string } | { kind: "choices"; choices: readonly string[] };
};

export type HostProblem = { message: string; variable?: string; start?: number; end?: number };

export type HostReport = {
  /** Why this can't be published; empty when it can. */
  problems: HostProblem[];
  /** Variables by which an end user changes the host. The field says so. */
  userValuesInHost: string[];
  /** What the host ends in whatever the values, such as `example.com`; null when nothing is fixed. */
  fixedSuffix: string | null;
  rules: HostRules;
};

/**
 * Who may choose the host: a secret that users share must never travel to a host that one of them can choose. Where one
 * travels, the host must end in a registrable domain written out by the admin (a public suffix isn't one, nor is a
 * private one such as github.io, under which anybody can get a name), or its values must come from the admin's list. A project secret
 * is an admin's word too: it may be the host, or a part of it.
 */
export function checkHost(target: { template: string; inputs: readonly HostInput[]; sharedSecretTravels: boolean }): HostReport {
  const { template, inputs, sharedSecretTravels } = target;
  try {
    const { host } = parseUrlTemplate(template);
    const expressions = host.filter((part) => part.kind === "expression");
    const references = expressions.flatMap(referencesOf);
    const chosenFrom = new Map(
      inputs.flatMap(({ key, accepts }) => (accepts.kind === "choices" ? [[`inputs.${key}`, accepts.choices]] : [])),
    );
    const userValues = references.filter(({ name, path }) => !chosenFrom.has(name) && path[0] !== "secrets");
    const fixedSuffix = readFixedSuffix(host);

    const problems = references.flatMap((reference) => judgeReference(reference, inputs));
    const [userValue] = userValues;
    if (sharedSecretTravels && userValue && problems.length === 0 && !isRegistrable(fixedSuffix)) {
      problems.push({
        message: whyNotFixed(userValue.name, fixedSuffix),
        variable: userValue.name,
        start: userValue.start,
        end: userValue.end,
      });
    }
    return {
      problems,
      userValuesInHost: [...new Set(userValues.map((reference) => reference.name))],
      fixedSuffix,
      rules: { hostValues: rule(host.length, expressions, sharedSecretTravels), choices: Object.fromEntries(chosenFrom) },
    };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { message, variable, start, end } = error;
    return { problems: [{ message, variable, start, end }], userValuesInHost: [], fixedSuffix: null, rules: { hostValues: "none" } };
  }
}

function rule(parts: number, expressions: ExpressionPart[], sharedSecretTravels: boolean): HostRules["hostValues"] {
  if (expressions.length === 0) return "none";
  return parts === 1 && !sharedSecretTravels ? "hostname" : "label";
}

function judgeReference({ name, path, start, end }: Variable, inputs: readonly HostInput[]): HostProblem[] {
  const refuse = (message: string) => [{ message, variable: name, start, end }];
  const [source, key] = path;
  if (source === "user" || source === "profile")
    return refuse(`${name} can't be part of the host: end users can change it. Use a Required Input.`);
  if (source === "secrets") return [];
  if (source === "credentials") return refuse(`${name} can't be part of the host: host names aren't secret. Use a Required Input.`);
  if (source !== "inputs") return refuse(`${name} can't be part of the host. Use a Required Input.`);
  const input = path.length === 2 ? inputs.find((candidate) => candidate.key === key) : undefined;
  if (!input) return refuse(`Add Required Input \`${key}\`: the host needs it.`);
  if (input.secret)
    return refuse(`${name} is secret and can't be part of the host: host names aren't secret. Turn off its secret switch, or use another.`);
  return [];
}

/** What stands after the last value, from its first dot on: a value can lengthen the label it touches, never what follows. */
function readFixedSuffix(host: ReturnType<typeof parseUrlTemplate>["host"]): string | null {
  const last = host.at(-1);
  if (last?.kind !== "text") return null;
  if (host.length === 1) return last.text.toLowerCase().replace(/:\d+$/, "");
  const dot = last.text.indexOf(".");
  return dot < 0 || dot === last.text.length - 1 ? null : last.text.slice(dot + 1).toLowerCase();
}

function isRegistrable(suffix: string | null): boolean {
  if (suffix === null || endsInNumber(suffix)) return false;
  return getDomain(suffix, { allowPrivateDomains: true }) !== null;
}

/** Such a host is an IPv4 address (URL Standard, "ends in a number checker"), and values would be part of the number. */
function endsInNumber(suffix: string): boolean {
  const last = suffix.replace(/\.$/, "").split(".").at(-1) ?? "";
  return /^(\d+|0x[0-9a-f]*)$/.test(last);
}

function whyNotFixed(variable: string, suffix: string | null): string {
  const why = `A secret that all users share goes to this host, and ${variable} lets each user choose it.`;
  if (suffix && !endsInNumber(suffix))
    return `${why} Anybody can get a name under ${suffix}: end the host in a domain of the API, or give ${variable} a list of choices.`;
  return `${why} End the host in a domain, such as https://{{${variable}}}.example.com, or give ${variable} a list of choices.`;
}

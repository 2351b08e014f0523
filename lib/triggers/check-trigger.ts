/** What keeps a trigger from taking events. Pure: pages show it beside the fields, the door goes by it. */
import { findJsonPathProblem } from "#lib/resources/read-json-path.ts";
import { listReferences, parseTemplate, type TemplateFormat } from "#lib/template/parse-template.ts";
import { findUnknownVariables, type VariableCatalog } from "#lib/template/variables.ts";
import { TriggerDefinition, type TriggerDraft, type TriggerProblem } from "./schema.ts";
import { listRequestTemplates, sharedSettingIn, whyWithheld } from "./shared-settings.ts";
import { needsSecret } from "./words.ts";

export type TriggerContext = {
  /** Whether a secret is stored. */
  hasSecret: boolean;
  /** What the requests of the resource may read: listKnownVariables of its published definition. */
  known: VariableCatalog;
  /** Of the resource: an app-level one has no user to tell apart. */
  resourceLevel: "user" | "app";
  /** Required Inputs by whose value a user chooses the host that requests go to, and that any call goes to. */
  hostInputs: { requests: readonly string[]; any: readonly string[] };
};

/** Beside the resource's own: of the requests that make and end a subscription. */
export const SUBSCRIPTION_VARIABLES: VariableCatalog = [
  { name: "settings.webhookURL", description: "The URL that events are sent to", secret: false },
  { name: "settings.webhookSecret", description: "The newest secret of this trigger", secret: true },
];
/** Of the teardown alone. */
export const TEARDOWN_VARIABLES: VariableCatalog = [
  ...SUBSCRIPTION_VARIABLES,
  { name: "subscription", description: "What the API answered when it was told", secret: false, open: true },
];
export const EVENT_VARIABLES: VariableCatalog = [
  { name: "trigger", description: "The event: body, headers, query", secret: false, open: true },
];

export function checkTrigger(
  draft: TriggerDraft,
  context: TriggerContext,
): { definition: TriggerDefinition | null; problems: TriggerProblem[] } {
  const settled: TriggerDraft = { ...draft, user: draft.level === "user" ? { by: "url" } : draft.user };
  const isByRequest = settled.creation === "request";
  const parsed = TriggerDefinition.safeParse(settled);
  const issues = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  const problems = [
    // What is kept aside for the other way of creation isn't asked for.
    ...issues.filter(({ path }) => isByRequest || !path.startsWith("subscription")),
    ...checkVerification(settled, context),
    ...checkUser(settled, context),
    ...checkPaths(settled),
    ...checkResponse(settled),
    ...(isByRequest ? checkSubscription(settled, context) : []),
  ];
  const seen = new Set<string>();
  const unique = problems.filter(({ path }) => !seen.has(path) && seen.add(path));
  const usable = parsed.success ? parsed : TriggerDefinition.safeParse({ ...settled, subscription: {} });
  return { definition: unique.length === 0 && usable.success ? usable.data : null, problems: unique };
}

function checkVerification(
  { verification, networks, creation, subscription }: TriggerDraft,
  { hasSecret }: TriggerContext,
): TriggerProblem[] {
  const problems: TriggerProblem[] = [];
  const add = (path: string, message: string) => problems.push({ path, message });
  // Or the API gives each subscription a secret of its own.
  const isGiven = creation === "request" && subscription.secretPath !== "";
  if (needsSecret(verification.scheme) && !hasSecret && !isGiven) add("secret", "Set the secret: without one every delivery is refused.");
  if (verification.scheme === "ip" && networks.length === 0) add("networks", "Add the addresses that the API sends from.");
  if (verification.scheme === "jwt" && !verification.issuer && !verification.audience)
    add("verification.issuer", "Fill in the issuer or the audience: else anybody's token of this sender passes.");
  if (verification.scheme !== "hmac") return problems;
  const { signed, format, timestampHeader, timestampKey, signatureKey, idHeader } = verification;
  if (!signed.includes("{body}")) add("verification.signed", "Name {body}: a signature that doesn’t cover it fits any event.");
  const unknown = [...signed.matchAll(/\{([^{}]*)\}/g)].find(([, name]) => !/^(body|timestamp|id|method|url)$/.test(name ?? ""));
  if (unknown) add("verification.signed", `There is no ${unknown[0]}. Use {body} {timestamp} {id} {method} {url}.`);
  if (format === "pairs" && !signatureKey) add("verification.signatureKey", "Name the key before the signature, such as v1.");
  if (signed.includes("{timestamp}") && !timestampHeader && !(format === "pairs" && timestampKey))
    add("verification.timestampHeader", "Name the header that holds the time.");
  if (signed.includes("{id}") && !idHeader) add("verification.idHeader", "Name the header that holds the id.");
  return problems;
}

function checkUser({ level, user }: TriggerDraft, { resourceLevel, hostInputs }: TriggerContext): TriggerProblem[] {
  if (level === "user" && resourceLevel === "app")
    return [{ path: "level", message: "An app-level resource has no users of its own. Choose App-level." }];
  if (level === "app" && user.by === "url") return [{ path: "user.by", message: "Say how an event names its user." }];
  const [input] = hostInputs.any;
  if (user.by === "profile_id" && input !== undefined) {
    const why = `Each user chooses the host that says who they are, with inputs.${input}: one of theirs could say that it is somebody else.`;
    return [{ path: "user.by", message: `${why} Choose the app’s own user id, or end the resource’s addresses in a domain of the API.` }];
  }
  return [];
}

function checkPaths({ user, dedupe, response, filter, subscription, creation }: TriggerDraft): TriggerProblem[] {
  const paths: [string, string][] = [
    ...("path" in user ? [["user.path", user.path] as [string, string]] : []),
    ...("path" in dedupe ? [["dedupe.path", dedupe.path] as [string, string]] : []),
    ...(response.kind === "echo" ? [["response.path", response.path] as [string, string]] : []),
    ...(creation === "request" ? [["subscription.secretPath", subscription.secretPath] as [string, string]] : []),
    ...filter.conditions.flatMap(({ source, field }, index) =>
      source === "body" ? [[`filter.conditions.${index}.field`, field] as [string, string]] : [],
    ),
  ];
  return paths.flatMap(([path, text]) => {
    const message = text && findJsonPathProblem(text);
    return message ? [{ path, message }] : [];
  });
}

function checkResponse({ response }: TriggerDraft): TriggerProblem[] {
  if (response.kind === "echo" && response.what === "field" && !response.path && !response.query)
    return [{ path: "response.path", message: "Name the field that is sent back." }];
  if (response.kind !== "custom") return [];
  return [
    ...checkTemplate("response.body", response.body, EVENT_VARIABLES, /json/i.test(response.contentType) ? "json" : "text"),
    ...response.headers.flatMap(({ value }, index) => checkTemplate(`response.headers.${index}.value`, value, EVENT_VARIABLES)),
  ];
}

function checkSubscription({ level, subscription }: TriggerDraft, { known, hostInputs }: TriggerContext): TriggerProblem[] {
  const { create, teardown, hasTeardown } = subscription;
  const created = listRequestTemplates("subscription.create", create);
  const removed = hasTeardown ? listRequestTemplates("subscription.teardown", teardown) : [];
  const isSent = created.some(({ text, format }) => listReferences(text, format).some(({ name }) => name === "settings.webhookURL"));
  const [input] = hostInputs.requests;
  return [
    ...created.flatMap(({ path, text, format }) => checkTemplate(path, text, [...known, ...SUBSCRIPTION_VARIABLES], format)),
    ...(isSent
      ? []
      : [{ path: "subscription.create.body.text", message: "Send {{settings.webhookURL}}: the API has to know where events go." }]),
    ...removed.flatMap(({ path, text, format }) => checkTemplate(path, text, [...known, ...TEARDOWN_VARIABLES], format)),
    ...[...created, ...removed].flatMap((template) => {
      const name = input === undefined ? undefined : sharedSettingIn(level, template);
      return input !== undefined && name !== undefined ? [{ path: template.path, message: whyWithheld(name, input) }] : [];
    }),
  ];
}

function checkTemplate(path: string, text: string, known: VariableCatalog, format: TemplateFormat = "text"): TriggerProblem[] {
  const broken = parseTemplate(text, format).find((part) => part.kind === "problem");
  if (broken) return [{ path, message: broken.message }];
  if (format === "json" && text.trim()) {
    try {
      JSON.parse(text);
    } catch {
      return [{ path, message: "The body isn’t JSON. Check its commas, quotes and brackets." }];
    }
  }
  const [unknown] = findUnknownVariables(text, known, format);
  return unknown ? [{ path, message: unknown.fix }] : [];
}

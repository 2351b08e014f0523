/** A trigger in words, by the step that edits it. Pure. */
import type { TriggerStep } from "#lib/paths.ts";
import type { RequestTemplateDraft } from "#lib/resources/schema.ts";
import type { TriggerDraft } from "#lib/triggers/schema.ts";
import { CONDITION_LABELS, DEDUPE_DAYS, TRIGGER_CREATION_LABELS, TRIGGER_LEVEL_LABELS, VERIFICATION_LABELS } from "#lib/triggers/words.ts";

export type TriggerSection = {
  step: Exclude<TriggerStep, "listen">;
  title: string;
  fields: { label: string; value: string; isCode?: boolean }[];
};

export function describeTrigger(body: TriggerDraft): TriggerSection[] {
  return [
    {
      step: "basics",
      title: "Basics",
      fields: [
        { label: "How the API is told", value: TRIGGER_CREATION_LABELS[body.creation] },
        { label: "Level", value: TRIGGER_LEVEL_LABELS[body.level] },
      ],
    },
    ...(body.creation === "request" ? [describeRequests(body)] : []),
    { step: "verification", title: "Verification", fields: describeVerification(body) },
    {
      step: "events",
      title: "Events",
      fields: [
        { label: "Which user", value: describeUser(body) },
        { label: "Event filter", value: describeFilter(body) },
        { label: "Duplicates", value: describeDedupe(body) },
        { label: "Response", value: describeResponse(body) },
      ],
    },
  ];
}

function describeRequests({ subscription }: TriggerDraft): TriggerSection {
  const line = ({ method, path }: RequestTemplateDraft) => `${method} ${path}`;
  return {
    step: "webhook",
    title: "Request",
    fields: [
      { label: "Create", value: line(subscription.create), isCode: true },
      subscription.hasTeardown
        ? { label: "Teardown", value: line(subscription.teardown), isCode: true }
        : { label: "Teardown", value: "None" },
      ...(subscription.secretPath ? [{ label: "Secret in the answer", value: subscription.secretPath, isCode: true }] : []),
    ],
  };
}

function describeVerification({ verification, networks }: TriggerDraft): TriggerSection["fields"] {
  const fields: TriggerSection["fields"] = [{ label: "How", value: VERIFICATION_LABELS[verification.scheme] }];
  const add = (label: string, value: string) => value && fields.push({ label, value, isCode: true });
  switch (verification.scheme) {
    case "shared_secret":
      add(verification.place === "header" ? "Header" : "Query parameter", verification.name);
      break;
    case "basic":
      add("Username", verification.username);
      break;
    case "hmac":
      add("Algorithm", `${verification.algorithm.toUpperCase().replace("SHA", "SHA-")}, ${verification.encoding}`);
      add("Header", verification.header);
      add("Prefix", verification.prefix);
      add("Signed string", verification.signed);
      if (verification.signed.includes("{timestamp}"))
        add("Time may be off", verification.tolerance ? `${verification.tolerance} s` : "any");
      break;
    case "jwt":
      add("JWKS URL", verification.jwksUrl);
      add("Issuer", verification.issuer);
      add("Audience", verification.audience);
      break;
  }
  add("Allowed networks", networks.join(", "));
  return fields;
}

function describeUser({ level, user }: TriggerDraft): string {
  if (level === "user" || user.by === "url") return "By the URL";
  if (user.by === "nobody") return "Nobody: one run for the project";
  return `${user.path || "?"} is the ${user.by === "user_id" ? "user id" : "profile id"}`;
}

function describeFilter({ filter }: TriggerDraft): string {
  if (filter.conditions.length === 0) return "Every event passes";
  const join = filter.match === "all" ? " and " : " or ";
  const conditions = filter.conditions.map(({ source, field, operator, value }) =>
    [source === "body" ? field : `${source} ${field}`, CONDITION_LABELS[operator], /exists$/.test(operator) ? "" : value]
      .filter(Boolean)
      .join(" "),
  );
  return conditions.join(join);
}

function describeDedupe({ dedupe }: TriggerDraft): string {
  const by = {
    none: "",
    header: "name" in dedupe ? `Header ${dedupe.name}` : "",
    field: "path" in dedupe ? dedupe.path : "",
    body: "The whole body",
  };
  return dedupe.by === "none" ? "Never one event" : `${by[dedupe.by]}, within ${DEDUPE_DAYS} days`;
}

function describeResponse({ response }: TriggerDraft): string {
  if (response.kind === "empty") return "200, no body";
  if (response.kind === "custom") return `${response.status}, ${response.contentType}`;
  return response.what === "body" ? "Echo of the body" : `Echo of ${response.path || response.query}`;
}

/**
 * What a trigger is: a webhook endpoint declared on a resource. As for resources one set of field schemas, composed twice: the *draft*
 * (all of it optional, saved as typed) and the *definition* (what a trigger must be before it takes events). A trigger has no revisions:
 * what Finish makes of the draft holds from the next delivery on. Browser-safe.
 * One file, as for resources: a field that stands beside its siblings is written once for both.
 */
import { z } from "zod";
import { AnswerHeader } from "#lib/requests/answer-header.ts";
import { HeaderName, JsonPath, RequestTemplate, RequestTemplateDraft, Template } from "#lib/resources/schema.ts";
import {
  CONDITION_OPERATORS,
  CONDITION_SOURCES,
  DELIVERY_REASONS,
  DELIVERY_STATUSES,
  HMAC_ALGORITHMS,
  SECRET_ENCODINGS,
  SIGNATURE_ENCODINGS,
  SUBSCRIPTION_STATES,
  TRIGGER_CREATIONS,
  TRIGGER_LEVELS,
  VERIFICATION_SCHEMES,
} from "./words.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export const TriggerLevel = z.enum(TRIGGER_LEVELS);
export type TriggerLevel = z.infer<typeof TriggerLevel>;
export const TriggerCreation = z.enum(TRIGGER_CREATIONS);
export type TriggerCreation = z.infer<typeof TriggerCreation>;
export const VerificationScheme = z.enum(VERIFICATION_SCHEMES);
export type VerificationScheme = z.infer<typeof VerificationScheme>;
export const DeliveryStatus = z.enum(DELIVERY_STATUSES);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;
export const DeliveryReason = z.enum(DELIVERY_REASONS);
export type DeliveryReason = z.infer<typeof DeliveryReason>;
export const SubscriptionState = z.enum(SUBSCRIPTION_STATES);
export type SubscriptionState = z.infer<typeof SubscriptionState>;

/** Shown in the workflow editor under "<Resource> Triggers". Unique per resource, without regard to capitals. */
export const TriggerName = z
  .string()
  .transform((name) => name.normalize("NFC").trim())
  .pipe(
    z
      .string()
      .min(1, "Give the trigger a name, such as Task created.")
      .max(64, "Use at most 64 characters.")
      .refine((name) => !CONTROL.test(name) && name.isWellFormed(), "Leave out line breaks and control characters."),
  );

type Leaves = Record<
  "required" | "header" | "optionalHeader" | "hookHeader" | "mediaType" | "path" | "optionalPath" | "template" | "network" | "url",
  z.ZodType<string, string>
>;

const anyText = z.string().max(16_384);
const LOOSE: Leaves = {
  required: anyText,
  header: anyText,
  optionalHeader: anyText,
  hookHeader: anyText,
  mediaType: anyText,
  path: anyText,
  optionalPath: anyText,
  template: anyText,
  network: anyText,
  url: anyText,
};
/** Of the answer to a delivery. Senders are programs: nothing there is for a browser to follow. */
export const HookHeader = AnswerHeader.refine((name) => !/^content-type$/i.test(name), "Write it in Content type.").refine(
  (name) => !/^(location|refresh|www-authenticate)$/i.test(name),
  "Senders of webhooks don’t follow this header. Remove it.",
);
/** RFC 9110, section 8.3.1. */
export const MediaType = z
  .string()
  .max(200)
  .regex(
    /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w!#$&^.+-]+=([\w!#$&^.+-]+|"[^"\\\r\n]*"))*$/,
    "Write a content type, such as application/json.",
  );
/** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
const Network = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], { error: "Write an address or a network, such as 192.0.2.0/24." });
const STRICT: Leaves = {
  required: z.string().trim().min(1, "Fill this in.").max(500),
  header: HeaderName,
  optionalHeader: z.union([z.literal(""), HeaderName]),
  hookHeader: HookHeader,
  mediaType: MediaType,
  path: JsonPath,
  optionalPath: z.union([z.literal(""), JsonPath]),
  template: Template,
  network: Network,
  url: z.url({ protocol: /^https?$/, error: "Write the whole address, such as https://api.example.com/.well-known/jwks.json." }),
};

function parts(leaf: Leaves) {
  const hmac = z.object({
    scheme: z.literal("hmac"),
    algorithm: z.enum(HMAC_ALGORITHMS).default("sha256"),
    encoding: z.enum(SIGNATURE_ENCODINGS).default("hex"),
    header: leaf.header.default("X-Signature"),
    /** What stands before the signature in its header: "sha256=", "v0=". */
    prefix: z.string().max(100).default(""),
    /**
     * `plain`: the header is the prefix and one signature. `pairs`: comma-separated `key=value` (Stripe's `t=...,v1=...`); `signatureKey`
     * may come several times, `timestampKey` holds the time.
     */
    format: z.enum(["plain", "pairs"]).default("plain"),
    signatureKey: z.string().max(50).default("v1"),
    timestampKey: z.string().max(50).default("t"),
    /** What is signed, made of {body} {timestamp} {id} {method} {url}. Bytes of the body are used as they came. */
    signed: z.string().max(500).default("{body}"),
    /** Where {timestamp} and {id} come from, unless the signature's own header holds the time. */
    timestampHeader: leaf.optionalHeader.default(""),
    idHeader: leaf.optionalHeader.default(""),
    /** Seconds that the time may be off, either way; 0 doesn't ask. Without a {timestamp} there is none to ask. */
    tolerance: z.int().min(0).max(86_400).default(300),
    /** How the secret is written: as text, or as the encoding of its bytes. */
    secretEncoding: z.enum(SECRET_ENCODINGS).default("text"),
  });

  const verification = z.discriminatedUnion("scheme", [
    z.object({ scheme: z.literal("none") }),
    z.object({
      scheme: z.literal("shared_secret"),
      place: z.enum(["header", "query"]).default("header"),
      name: leaf.required.default("X-Webhook-Secret"),
    }),
    z.object({ scheme: z.literal("basic"), username: leaf.required.default("") }),
    hmac,
    /** https://www.standardwebhooks.com: secrets look like whsec_..., headers are webhook-id, webhook-timestamp and webhook-signature. */
    z.object({ scheme: z.literal("standard_webhooks") }),
    z.object({
      scheme: z.literal("jwt"),
      header: leaf.header.default("Authorization"),
      jwksUrl: leaf.url.default(""),
      /** One of both at least: the keys of a large sender sign tokens for everybody. */
      issuer: z.string().max(500).default(""),
      audience: z.string().max(500).default(""),
      /** A claim that holds the SHA-256 of the body, in hex or base64url. Empty: the token alone counts. */
      bodyHashClaim: z.string().max(100).default(""),
    }),
    /** Nothing but the address; `networks` may be asked beside every other scheme too. */
    z.object({ scheme: z.literal("ip") }),
  ]);

  const response = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("empty") }),
    /**
     * The body comes back as it came; or, of a challenge handshake, one field. Where a field is named and the request has it, it is
     * answered and no event; where it has none, the event is taken and answered 200.
     */
    z.object({
      kind: z.literal("echo"),
      what: z.enum(["body", "field"]).default("body"),
      /** In the body of a POST. */
      path: leaf.optionalPath.default("$.challenge"),
      /** In the query, of a GET above all. */
      query: z.string().max(100).default("challenge"),
    }),
    z.object({
      kind: z.literal("custom"),
      status: z.int().min(200).max(299, "Answer 2xx: any other status makes the API send the event again.").default(200),
      contentType: leaf.mediaType.default("application/json"),
      headers: z
        .array(z.object({ name: leaf.hookHeader, value: leaf.template }))
        .max(20)
        .default([]),
      /** A template over trigger.body, trigger.headers and trigger.query. */
      body: leaf.template.default(""),
    }),
  ]);

  const user = z.discriminatedUnion("by", [
    /** Each user has a URL of their own. */
    z.object({ by: z.literal("url") }),
    /** The value at `path` in the body is the id that the customer's app knows the user by. */
    z.object({ by: z.literal("user_id"), path: leaf.path.default("") }),
    /** ... or the id that the API knows them by: the event fires for all users with that profile id. */
    z.object({ by: z.literal("profile_id"), path: leaf.path.default("") }),
    /** One run for the whole project. */
    z.object({ by: z.literal("nobody") }),
  ]);

  const condition = z.object({
    source: z.enum(CONDITION_SOURCES).default("body"),
    /** A JSON path into the body; the name of a header or query parameter. */
    field: leaf.required.default(""),
    operator: z.enum(CONDITION_OPERATORS).default("equals"),
    /** Compared as text, or as a number where both are; for `one_of` comma-separated. */
    value: z.string().max(1_000).default(""),
  });
  const filter = z.object({ match: z.enum(["all", "any"]).default("all"), conditions: z.array(condition).max(50).default([]) });

  const dedupe = z.discriminatedUnion("by", [
    z.object({ by: z.literal("none") }),
    z.object({ by: z.literal("header"), name: leaf.header.default("") }),
    z.object({ by: z.literal("field"), path: leaf.path.default("") }),
    z.object({ by: z.literal("body") }),
  ]);

  return { hmac, verification, response, user, condition, filter, dedupe, networks: z.array(leaf.network).max(200) };
}

const loose = parts(LOOSE);
const strict = parts(STRICT);

export const Verification = strict.verification;
export type Verification = z.infer<typeof strict.verification>;
export const HmacVerification = strict.hmac;
export type HmacVerification = z.infer<typeof strict.hmac>;
export const VerificationDraft = loose.verification;
export type VerificationDraft = z.infer<typeof loose.verification>;
export const TriggerResponse = strict.response;
export type TriggerResponse = z.infer<typeof strict.response>;
export const UserMapping = strict.user;
export type UserMapping = z.infer<typeof strict.user>;
export const EventFilter = loose.filter;
export type EventFilter = z.infer<typeof loose.filter>;
export type EventCondition = z.infer<typeof loose.condition>;
export const Dedupe = strict.dedupe;
export type Dedupe = z.infer<typeof strict.dedupe>;

/** How the API is told about the URL: by one request a user, whose answer the teardown may use as `{{subscription.*}}`. */
const subscription = (request: typeof RequestTemplate | typeof RequestTemplateDraft) =>
  z.object({
    create: request.prefault({
      method: "POST",
      path: "/webhooks",
      body: { kind: "json", text: '{\n  "url": "{{settings.webhookURL}}"\n}' },
    }),
    teardown: request.prefault({ method: "DELETE", path: "/webhooks/{{subscription.id}}" }),
    /** Some APIs can't take a webhook back. */
    hasTeardown: z.boolean().default(true),
    /** Where the answer holds the secret that the API signs this subscription with; empty: the trigger's own secret counts. */
    secretPath: z.union([z.literal(""), z.string().max(500)]).default(""),
  });

export const TriggerDraft = z.object({
  level: z.enum(TRIGGER_LEVELS).default("user"),
  creation: z.enum(TRIGGER_CREATIONS).default("request"),
  subscription: subscription(RequestTemplateDraft).prefault({}),
  verification: loose.verification.default({ scheme: "none" }),
  networks: loose.networks.default([]),
  response: loose.response.default({ kind: "empty" }),
  user: loose.user.default({ by: "url" }),
  filter: loose.filter.prefault({}),
  dedupe: loose.dedupe.default({ by: "none" }),
});
export type TriggerDraft = z.infer<typeof TriggerDraft>;
export const emptyTrigger = (): TriggerDraft => TriggerDraft.parse({});

export const TriggerDefinition = z.object({
  level: z.enum(TRIGGER_LEVELS),
  creation: z.enum(TRIGGER_CREATIONS),
  subscription: subscription(RequestTemplate),
  verification: strict.verification,
  networks: strict.networks,
  response: strict.response,
  user: strict.user,
  filter: strict.filter,
  dedupe: strict.dedupe,
});
export type TriggerDefinition = z.infer<typeof TriggerDefinition>;

/** A field that keeps a trigger from taking events, and what to do about it. */
export type TriggerProblem = {
  /** Dotted, such as `verification.header`; `name` and `secret` beside those of the draft. */
  path: string;
  message: string;
};

/** A secret as typed. Whitespace at its ends is never part of one. */
export const TypedTriggerSecret = z
  .string()
  .trim()
  .min(1, "Enter the secret.")
  .max(4_096, "Use 4 KiB at most.")
  .refine((value) => !value.includes("\u0000") && value.isWellFormed(), "This holds a NUL or half a character. Copy the secret again.");

export const NewTrigger = z.object({ resourceId: z.guid(), name: TriggerName, body: TriggerDraft.optional() });
/** What Create Trigger asks for. */
export const NamedTrigger = NewTrigger.pick({ name: true });
/** What the wizard's form holds. */
export const TriggerForm = z.object({ name: TriggerName, body: TriggerDraft });
export type TriggerForm = z.infer<typeof TriggerForm>;
export const ChangedTrigger = z.object({
  triggerId: z.guid(),
  /** The one that the form was opened with; another one saved meanwhile is a conflict. */
  version: z.int().min(1),
  draft: TriggerForm,
});
export const OneVersion = ChangedTrigger.omit({ draft: true });
export const AddedTriggerSecret = z.object({ triggerId: z.guid(), value: TypedTriggerSecret });

/** What a delivery brought, as filters, mappings and workflows see it. Header names are lower case. */
export type DeliveryPayload = {
  /** Parsed JSON or form; the text of anything else; null of an empty body. */
  body: unknown;
  headers: Record<string, string>;
  query: Record<string, string>;
};

/** Where a delivery stands: its time to the microsecond, as several share a millisecond, and its id. */
export const DeliveryKey = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.guid() });
export type DeliveryKey = z.infer<typeof DeliveryKey>;

export const DeliveryFilter = z.object({
  triggerId: z.guid().nullish(),
  resourceId: z.guid().nullish(),
  status: z.enum(DELIVERY_STATUSES).nullish(),
  /** The connected user's own id here. */
  userId: z.guid().nullish(),
});
export type DeliveryFilter = z.infer<typeof DeliveryFilter>;

export const SubscriptionFilter = z.object({
  triggerId: z.guid(),
  state: z.enum(SUBSCRIPTION_STATES).nullish(),
  /** How the user's id, name or email begins. */
  q: z.string().trim().max(255).nullish(),
});
export type SubscriptionFilter = z.infer<typeof SubscriptionFilter>;
/** Where a row of the list stands, as for deliveries. */
export const SubscriptionKey = DeliveryKey;
export type SubscriptionKey = DeliveryKey;

/** A delivery as lists show it; times are RFC 3339. */
export type ShownDelivery = {
  id: string;
  at: string;
  triggerId: string;
  userId: string | null;
  externalId: string | null;
  userName: string | null;
  status: (typeof DELIVERY_STATUSES)[number];
  reason: (typeof DELIVERY_REASONS)[number] | null;
  message: string | null;
  method: string;
  size: number;
  responseStatus: number;
  runIds: string[];
  replayOf: string | null;
  releasedAt: string | null;
  quarantinedUntil: string | null;
};

/** What the signature doctor found: a verification that this delivery and secret pass. */
export type Diagnosis = {
  verification: HmacVerification | { scheme: "standard_webhooks" } | { scheme: "shared_secret"; place: "header" | "query"; name: string };
  /** "HMAC SHA-256 in hex of {timestamp}.{body}, from Stripe-Signature". */
  words: string;
};

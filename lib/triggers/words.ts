/** The words of triggers that pages, addresses and tables share. Light: no zod. */

export const TRIGGER_LEVELS = ["user", "app"] as const;
export type TriggerLevel = (typeof TRIGGER_LEVELS)[number];
export const TRIGGER_LEVEL_LABELS: Record<TriggerLevel, string> = { user: "User-level", app: "App-level" };

export const TRIGGER_CREATIONS = ["request", "manual"] as const;
export type TriggerCreation = (typeof TRIGGER_CREATIONS)[number];
export const TRIGGER_CREATION_LABELS: Record<TriggerCreation, string> = { request: "By an API request", manual: "By hand" };

export const VERIFICATION_SCHEMES = ["none", "shared_secret", "basic", "hmac", "standard_webhooks", "jwt", "ip"] as const;
export type VerificationScheme = (typeof VERIFICATION_SCHEMES)[number];
export const VERIFICATION_LABELS: Record<VerificationScheme, string> = {
  none: "None",
  shared_secret: "Shared secret",
  basic: "Basic",
  hmac: "HMAC signature",
  standard_webhooks: "Standard Webhooks",
  jwt: "JWT by JWKS URL",
  ip: "IP allow-list",
};

/** Schemes that can't verify anything before a secret is set. */
export const SCHEMES_WITH_SECRET: readonly VerificationScheme[] = ["shared_secret", "basic", "hmac", "standard_webhooks"];
export const needsSecret = (scheme: VerificationScheme): boolean => SCHEMES_WITH_SECRET.includes(scheme);

export const HMAC_ALGORITHMS = ["sha256", "sha1", "sha512", "sha384"] as const;
export type HmacAlgorithm = (typeof HMAC_ALGORITHMS)[number];
export const SIGNATURE_ENCODINGS = ["hex", "base64", "base64url"] as const;
export type SignatureEncoding = (typeof SIGNATURE_ENCODINGS)[number];
export const SECRET_ENCODINGS = ["text", "hex", "base64"] as const;
export type SecretEncoding = (typeof SECRET_ENCODINGS)[number];

/** `accepted` started whatever listens; `refused` ones are quarantined for 72 h, `unattributed` ones until they expire. */
export const DELIVERY_STATUSES = ["accepted", "filtered", "duplicate", "refused", "unattributed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
export const DELIVERY_STATUS_LABELS: Record<DeliveryStatus, string> = {
  accepted: "Accepted",
  filtered: "Filtered",
  duplicate: "Duplicate",
  refused: "Refused",
  unattributed: "Unattributed",
};

/** Why a delivery has its status, where the status alone doesn't say. */
export const DELIVERY_REASONS = [
  "not_ready",
  "no_signature",
  "bad_signature",
  "bad_timestamp",
  "bad_credentials",
  "bad_token",
  "blocked_address",
  "keys_unavailable",
  "filter",
  "handshake",
  "no_user_value",
  "unknown_user",
  "repeated",
  "too_many_users",
] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

/** Its challenge was sent back, and it is no event: there is nothing to take again. */
export const isHandshake = ({ reason }: { reason: DeliveryReason | null }): boolean => reason === "handshake";

export const QUARANTINE_HOURS = 72;
export const DEDUPE_DAYS = 7;

export const CONDITION_SOURCES = ["body", "header", "query"] as const;
export const CONDITION_OPERATORS = [
  "equals",
  "not_equals",
  "contains",
  "not_contains",
  "starts_with",
  "one_of",
  "greater_than",
  "less_than",
  "exists",
  "not_exists",
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];
export const CONDITION_LABELS: Record<ConditionOperator, string> = {
  equals: "equals",
  not_equals: "doesn’t equal",
  contains: "contains",
  not_contains: "doesn’t contain",
  starts_with: "starts with",
  one_of: "is one of",
  greater_than: "is greater than",
  less_than: "is less than",
  exists: "exists",
  not_exists: "doesn’t exist",
};

export const SUBSCRIPTION_STATES = ["idle", "creating", "active", "failing", "removing", "stuck"] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];
/** What a member reads. Wanted and not begun is pending; not wanted any more and taken back is idle. */
export const SUBSCRIPTION_LABELS: Record<SubscriptionState, string> = {
  creating: "Pending",
  active: "Made",
  failing: "Trying again",
  stuck: "Failed",
  removing: "Being taken back",
  idle: "Taken back",
};

/**
 * Refusals of our own. What the outside world answered is never an AppError but an `Outcome` (lib/transport/schema).
 * The message is shown to people: it says what is wrong and how to fix it, and never holds a secret.
 */
const STATUS = {
  bad_input: 400,
  /** Wire code "7003" of the published client: the API refused the credential. */
  verification_failed: 400,
  /** Wire code "0704" of the published client: the user profile could not be read. */
  profile_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  /** Wire code "7210" of the published client: the user token's own permissions don't reach that far. */
  not_permitted: 403,
  not_found: 404,
  conflict: 409,
  /** The user has no credential for the resource: connecting makes one. */
  not_connected: 409,
  /** There is a credential, but it can't be used: connecting again mends it. */
  reconnect: 409,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  /** The API behind a resource didn't answer, or not in HTTP. */
  upstream_failed: 502,
  unavailable: 503,
  upstream_timeout: 504,
} as const;

const WIRE_CODE: Partial<Record<ErrorCode, string>> = {
  verification_failed: "7003",
  profile_failed: "0704",
  not_permitted: "7210",
};

export type ErrorCode = keyof typeof STATUS;

export type ErrorDetails = {
  /** One message a field, keyed by its dotted path in the input. */
  fields?: Record<string, string>;
  /** Facts for machines; goes out as `meta`. */
  meta?: Record<string, unknown>;
  /** Seconds after which trying again makes sense; goes out as Retry-After. */
  retryAfter?: number;
  /** Further headers of a machine door's answer. */
  headers?: Record<string, string>;
};

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** The code as callers see it: the published client's own numbers where it has them. */
  get wireCode(): string {
    return WIRE_CODE[this.code] ?? this.code;
  }
}

/** What a server action answers. `requestId` is the one in the server's log. */
export type ActionResult<Data> = { ok: true; data: Data } | { ok: false; error: ActionError };
export type ActionError = {
  code: ErrorCode;
  message: string;
  fields?: Record<string, string>;
  meta?: Record<string, unknown>;
  requestId: string;
};

/** One HTTP call to somebody else's API, fully rendered: nothing in it is a template any more. */
export type HttpRequest = {
  method: string;
  /** Absolute, https (or http where OUTBOUND_ALLOW lets it), without userinfo. */
  url: string;
  /** In order; names as written. Never holds CR, LF or NUL. */
  headers: [name: string, value: string][];
  body?: string | Uint8Array;
};

export type FailureKind =
  | "bad_url"
  /** The method or a header isn't valid HTTP; nothing was sent. */
  | "bad_request"
  /** The request could not be made from its templates: nothing was sent. */
  | "unbuildable"
  | "blocked_address"
  | "dns"
  | "connect_refused"
  | "connect_timeout"
  | "tls"
  | "reset"
  | "timeout"
  | "too_large"
  | "too_many_redirects"
  | "bad_redirect"
  | "protocol"
  /** The caller's own signal ended it. */
  | "aborted";

/** What the outside world answered. A value, never an exception. */
export type Outcome = Answer | Failure;

export type Answer = {
  kind: "answer";
  status: number;
  statusText: string;
  /** In order, repeated ones included. Where an encoding was undone, without Content-Encoding and Content-Length. */
  headers: [name: string, value: string][];
  /** Decoded (gzip, deflate, br and zstd undone, others left as sent), at most the call's limit. */
  body: Uint8Array;
  /** Milliseconds from the first byte of work (address look-up included) to the last byte of the body. */
  durationMs: number;
  /** Where the answer came from, after redirects. */
  url: string;
};

export type Failure = {
  kind: "failure";
  failure: FailureKind;
  /** What happened, in one sentence. */
  message: string;
  /** What to do next, in one sentence. */
  fix: string;
  durationMs: number;
  url: string;
};

export type SendOptions = {
  /** Total deadline in milliseconds, address look-up and body included. */
  timeoutMs: number;
  /** Limit of the decoded body in bytes. Default 10 MiB. */
  maxBytes?: number;
  /** Default 5; 0 returns the redirect itself. */
  maxRedirects?: number;
  signal?: AbortSignal;
};

/** The one function that reaches the network; handed to whoever needs it. */
export type Send = (request: HttpRequest, options: SendOptions) => Promise<Outcome>;

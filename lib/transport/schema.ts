import type { Readable } from "node:stream";

/** One HTTP call to somebody else's API, fully rendered: nothing in it is a template any more. */
export type HttpRequest = {
  method: string;
  /** Absolute, https (or http where OUTBOUND_ALLOW lets it), without userinfo. */
  url: string;
  /** In order; names as written. Never holds CR, LF or NUL. */
  headers: [name: string, value: string][];
  body?: string | Uint8Array;
  /** Which host it is was a user's word: what OUTBOUND_ALLOW opens is for those that an admin wrote. */
  isUsersHost?: true;
};

export type FailureKind =
  | "bad_url"
  /** The method or a header isn't valid HTTP; nothing was sent. */
  | "bad_request"
  /** The request could not be made from its templates: nothing was sent. */
  | "unbuildable"
  /** It would have carried a secret that users share to a host that one of them chooses: nothing was sent. */
  | "secret_withheld"
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

/** A body that is sent as it comes, once. */
export type BodyStream = {
  chunks: AsyncIterable<Uint8Array>;
  /** Bytes, where the caller said so: then it goes out with Content-Length, since some APIs take no other. */
  length: number | null;
};

/** As HttpRequest, with a body that may be too large to hold. */
export type StreamedRequest = Omit<HttpRequest, "body"> & { body?: Uint8Array | string | BodyStream };

export type StreamOptions = {
  /** Milliseconds from the last byte sent to the first one back, and between two. */
  idleMs: number;
  /** Ends it, body included. Whoever reads the body keeps the time in all. */
  signal: AbortSignal;
  /** What the answer may be encoded with. */
  acceptEncoding: string;
  /** Default 5. */
  maxRedirects?: number;
};

/** The head of an answer whose body is still coming. */
export type StreamedAnswer = {
  kind: "stream";
  status: number;
  statusText: string;
  /** In order, as sent. */
  headers: [name: string, value: string][];
  /** As sent: no encoding is undone. Whoever gets it reads it to its end or destroys it. Fails with errors for `describeError`. */
  body: Readable;
  /** Where the answer comes from, after redirects. */
  url: string;
};

/** As Send, for bodies of any size in both directions. */
export type SendStream = (request: StreamedRequest, options: StreamOptions) => Promise<StreamedAnswer | Failure>;

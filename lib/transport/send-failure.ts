import type { FailureKind } from "./schema.ts";

/** Inside lib/transport, a failure on its way up; `send` turns it into an `Outcome`. */
export class SendFailure extends Error {
  readonly kind: FailureKind;
  readonly fix: string;

  constructor(kind: FailureKind, message: string, fix: string) {
    super(message);
    this.name = "SendFailure";
    this.kind = kind;
    this.fix = fix;
  }

  /** `isUsersHost`: a user's value chose it, and nothing opens those. */
  static blocked(host: string, rule: string, isUsersHost = false): SendFailure {
    const fix = isUsersHost
      ? "Use a public https address. A private one that OUTBOUND_ALLOW opens is reached where the resource names it: give the input a list of choices, or end the address in your own domain."
      : "Use a public https address. An operator can open a private one for this installation with OUTBOUND_ALLOW.";
    return new SendFailure("blocked_address", `The call to ${host} was blocked: ${rule}.`, fix);
  }

  static badUrl(rule: string): SendFailure {
    return new SendFailure("bad_url", `The URL can't be called: ${rule}.`, "Check the API Base URL and the path.");
  }

  static connectTimeout(ms: number): SendFailure {
    return new SendFailure(
      "connect_timeout",
      `No connection was made within ${seconds(ms)}.`,
      "Check the host and port, and that a firewall lets the call out.",
    );
  }

  static timeout(ms: number): SendFailure {
    return new SendFailure("timeout", `The call took longer than ${seconds(ms)}.`, "Try again, or raise the time-out of the resource.");
  }

  static tooLarge(bytes: number): SendFailure {
    return new SendFailure("too_large", `The answer is larger than ${size(bytes)}.`, "Ask the API for less at once, such as a page.");
  }
}

const TLS: Record<string, [message: string, fix: string]> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "The server's certificate is self-signed.",
    "Install a certificate from a public authority, or add yours with NODE_EXTRA_CA_CERTS.",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "The server's certificate comes from an authority that isn't trusted here.",
    "Add the authority's certificate with NODE_EXTRA_CA_CERTS, or use a public one.",
  ],
  CERT_HAS_EXPIRED: ["The server's certificate has expired.", "Ask the API's operator to renew it."],
  CERT_NOT_YET_VALID: ["The server's certificate isn't valid yet.", "Check this machine's clock, then the certificate's dates."],
  CERT_REVOKED: ["The server's certificate was revoked.", "Ask the API's operator for a new one."],
  ERR_TLS_CERT_ALTNAME_INVALID: ["The server's certificate is for another host name.", "Check the host name in the API Base URL."],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "The server sends an incomplete certificate chain.",
    "Ask the API's operator to send the intermediate certificates too.",
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    "The server's certificate comes from an unknown authority.",
    "Add the authority's certificate with NODE_EXTRA_CA_CERTS.",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "The server's certificate comes from an unknown authority.",
    "Add the authority's certificate with NODE_EXTRA_CA_CERTS.",
  ],
};

const NETWORK: Record<string, [kind: FailureKind, message: string, fix: string]> = {
  ENOTFOUND: ["dns", "The host name doesn't exist.", "Check the host name in the URL."],
  ENODATA: ["dns", "The host name has no address.", "Check the host name in the URL."],
  EAI_AGAIN: ["dns", "The host name couldn't be looked up.", "Check this machine's DNS, then try again."],
  ECONNREFUSED: ["connect_refused", "Nothing answers at this host and port.", "Check the port, and that the API is running."],
  EHOSTUNREACH: ["connect_refused", "There is no way to this host from here.", "Check the host name and this machine's network."],
  ENETUNREACH: ["connect_refused", "There is no way to this network from here.", "Check the host name and this machine's network."],
  ECONNRESET: ["reset", "The server closed the connection before it answered in full.", "Try again. If it stays, ask the API's operator."],
  EPIPE: ["reset", "The server closed the connection while the request was sent.", "Try again. If it stays, ask the API's operator."],
  UND_ERR_SOCKET: [
    "reset",
    "The server closed the connection before it answered in full.",
    "Try again. If it stays, ask the API's operator.",
  ],
  ETIMEDOUT: ["connect_timeout", "No connection was made in time.", "Check the host and port, and that a firewall lets the call out."],
  UND_ERR_HEADERS_TIMEOUT: ["timeout", "The server didn't begin to answer in time.", "Try again. If it stays, ask the API's operator."],
  UND_ERR_BODY_TIMEOUT: ["timeout", "The server stopped in the middle of its answer.", "Try again. If it stays, ask the API's operator."],
  UND_ERR_HEADERS_OVERFLOW: ["protocol", "The answer's headers are too large.", "Ask the API's operator: 16 KiB is the limit."],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ["protocol", "The answer is longer or shorter than it says.", "Ask the API's operator."],
};

/** Any error of sockets, TLS, undici or zlib, as one sentence and its fix. Never quotes the request. */
export function describeError(error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  const code = codeOf(error);
  if (Object.hasOwn(TLS, code)) return new SendFailure("tls", ...TLS[code]!);
  if (Object.hasOwn(NETWORK, code)) return new SendFailure(...NETWORK[code]!);
  if (/^ERR_SSL_|^ERR_TLS_|^EPROTO$|CERT|CRL/.test(code)) {
    return new SendFailure(
      "tls",
      `The secure connection couldn't be set up (${code}).`,
      "Check that the port speaks https, with a current version of TLS.",
    );
  }
  if (/^Z_|^ERR_(_?ZLIB|BROTLI|ZSTD|_ERROR_FORMAT)|^ZSTD_/.test(code)) {
    return new SendFailure("protocol", "The answer's compression is broken.", "Ask the API's operator, or try again.");
  }
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH") {
    return new SendFailure(
      "bad_request",
      "The request can't be sent: its method or a header isn't valid HTTP.",
      "Check the names and values of the headers.",
    );
  }
  return new SendFailure("protocol", `The answer isn't valid HTTP${code ? ` (${code})` : ""}.`, "Check that the port is the API's.");
}

/** The first cause that has a code; Node wraps the attempts at several addresses in an AggregateError. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return "cause" in error ? codeOf(error.cause) : "";
}

function seconds(ms: number): string {
  const value = ms / 1_000;
  return value === 1 ? "1 second" : `${value} seconds`;
}

function size(bytes: number): string {
  return bytes >= 1_048_576 ? `${Math.round(bytes / 104_857.6) / 10} MiB` : `${bytes} bytes`;
}

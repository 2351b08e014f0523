/**
 * Whether a request comes from whom the trigger expects. Pure: request, secrets and time in, verdict out; over raw bytes; comparisons in
 * constant time. Tokens that are signed by keys elsewhere are verify-token's.
 */
import ipaddr from "ipaddr.js";
import { isSame, isSameSignature, readKey, readSeconds, readSignatures, sign, signedBytes } from "./compute-signature.ts";
import { headerOf, queryOf, type ReceivedRequest } from "./received.ts";
import type { DeliveryReason, HmacVerification, Verification } from "./schema.ts";

export type LiveSecret = { id: string; value: string };
export type Verdict =
  /** `secretId`: the secret that fitted. */
  { ok: true; secretId?: string } | Refusal;
export type Refusal = { ok: false; reason: DeliveryReason; message: string };

type Given = {
  verification: Exclude<Verification, { scheme: "jwt" }>;
  networks: readonly string[];
  /** Newest first; all that are live are tried. */
  secrets: readonly LiveSecret[];
  now: Date;
};

const refuse = (reason: DeliveryReason, message: string): Refusal => ({ ok: false, reason, message });

export function verifySignature(received: ReceivedRequest, { verification, networks, secrets, now }: Given): Verdict {
  const blocked = checkAddress(received, networks);
  if (blocked) return blocked;
  switch (verification.scheme) {
    case "none":
      return { ok: true };
    case "ip":
      return networks.length > 0
        ? { ok: true }
        : refuse("not_ready", "The allow-list is empty. Add the addresses that the API sends from.");
    case "shared_secret":
      return verifySharedSecret(received, verification, secrets);
    case "basic":
      return verifyBasic(received, verification.username, secrets);
    case "hmac":
      return verifyHmac(received, verification, secrets, now);
    case "standard_webhooks":
      return verifyHmac(received, STANDARD_WEBHOOKS, secrets, now, readStandardSecret);
  }
}

/** Null when the address may send. */
export function checkAddress({ address }: Pick<ReceivedRequest, "address">, networks: readonly string[]): Refusal | null {
  if (networks.length === 0 || (address !== null && networks.some((network) => isInNetwork(address, network)))) return null;
  return refuse(
    "blocked_address",
    `${address ?? "An unknown address"} isn’t on the allow-list. Add it, or see whether TRUSTED_PROXIES counts the proxies in front.`,
  );
}

function isInNetwork(address: string, network: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const given = ipaddr.process(address);
  const [base = "", bits] = network.split("/");
  if (!ipaddr.isValid(base)) return false;
  const from = ipaddr.process(base);
  if (from.kind() !== given.kind()) return false;
  return given.match(from, bits === undefined ? (from.kind() === "ipv4" ? 32 : 128) : Number(bits));
}

function verifySharedSecret(
  received: ReceivedRequest,
  { place, name }: Extract<Verification, { scheme: "shared_secret" }>,
  secrets: readonly LiveSecret[],
): Verdict {
  const given = place === "header" ? headerOf(received, name) : queryOf(received, name);
  if (!given) return refuse("no_signature", `There is no ${place === "header" ? "header" : "query parameter"} ${name}.`);
  const fitting = findSecret(secrets, (secret) => isSame(given, secret));
  return fitting ?? refuse("bad_credentials", `What ${name} holds isn’t a live secret. Set the one that the API sends.`);
}

/** RFC 7617. */
function verifyBasic(received: ReceivedRequest, username: string, secrets: readonly LiveSecret[]): Verdict {
  const [, credentials] = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(headerOf(received, "authorization") ?? "") ?? [];
  if (!credentials) return refuse("no_signature", "There is no Authorization header with Basic.");
  const given = Buffer.from(credentials, "base64").toString("utf8");
  const fitting = findSecret(secrets, (secret) => isSame(given, `${username}:${secret}`));
  return fitting ?? refuse("bad_credentials", "The user name or the password isn’t the one that is set.");
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const STANDARD_WEBHOOKS: HmacVerification = {
  scheme: "hmac",
  algorithm: "sha256",
  encoding: "base64",
  header: "webhook-signature",
  prefix: "v1,",
  format: "plain",
  signatureKey: "",
  timestampKey: "",
  signed: "{id}.{timestamp}.{body}",
  timestampHeader: "webhook-timestamp",
  idHeader: "webhook-id",
  tolerance: 300,
  secretEncoding: "base64",
};
const readStandardSecret = (secret: string): Uint8Array => readKey(secret.replace(/^whsec_/, ""), "base64");

function verifyHmac(
  received: ReceivedRequest,
  scheme: HmacVerification,
  secrets: readonly LiveSecret[],
  now: Date,
  toKey = (secret: string) => readKey(secret, scheme.secretEncoding),
): Verdict {
  const isStandard = scheme === STANDARD_WEBHOOKS;
  const read = isStandard ? readStandardSignatures(received) : readSignatures(scheme, received);
  if (!read) return refuse("no_signature", `There is no header ${scheme.header}. Is the signature elsewhere, or signing off at the API?`);
  if (read.signatures.length === 0) return refuse("bad_signature", notAsConfigured(scheme));

  const timestamp = read.timestamp ?? (scheme.timestampHeader ? headerOf(received, scheme.timestampHeader) : undefined);
  const id = scheme.idHeader ? headerOf(received, scheme.idHeader) : undefined;
  const late = scheme.signed.includes("{timestamp}") ? checkTime(timestamp, scheme, now) : null;
  if (late) return late;
  const messages = (scheme.signed.includes("{url}") ? received.urls : received.urls.slice(0, 1))
    .map((url) => signedBytes(scheme.signed, received, url, { timestamp, id }))
    .filter((bytes) => bytes !== null);
  if (messages.length === 0) return refuse("no_signature", `There is no header ${scheme.idHeader}, which is part of what is signed.`);

  const fitting = findSecret(secrets, (secret) => {
    const key = toKey(secret);
    if (key.length === 0) return false;
    const expected = messages.map((bytes) => sign(scheme, key, bytes));
    // All are compared: how many there were may be told by the time, which of them fitted may not.
    return read.signatures
      .map((given) => expected.map((one) => isSameSignature(given, one, scheme.encoding)).includes(true))
      .includes(true);
  });
  return fitting ?? refuse("bad_signature", "The signature fits none of the live secrets. The signature doctor finds out how it is made.");
}

const notAsConfigured = ({ header, prefix, format, signatureKey }: HmacVerification): string =>
  format === "pairs"
    ? `${header} has no ${signatureKey}=${prefix}. The signature doctor finds out how it is written.`
    : `${header} doesn’t start with ${prefix}. The signature doctor finds out how it is written.`;

/** A list with blanks between: `v1,<base64> v1,<base64> v1a,<other>`. */
function readStandardSignatures(received: ReceivedRequest): { signatures: string[]; timestamp?: string } | null {
  const header = headerOf(received, STANDARD_WEBHOOKS.header)?.trim();
  if (!header) return null;
  const { prefix } = STANDARD_WEBHOOKS;
  return {
    signatures: header
      .split(" ")
      .filter((one) => one.startsWith(prefix))
      .map((one) => one.slice(prefix.length)),
  };
}

function checkTime(timestamp: string | undefined, { tolerance, timestampHeader, header }: HmacVerification, now: Date): Refusal | null {
  const where = timestampHeader || header;
  if (timestamp === undefined) return refuse("no_signature", `There is no time in ${where}, which is part of what is signed.`);
  if (tolerance === 0) return null;
  const seconds = readSeconds(timestamp);
  if (seconds === null) return refuse("bad_timestamp", `The time in ${where} can’t be read.`);
  const off = Math.round(now.getTime() / 1000 - seconds);
  if (Math.abs(off) <= tolerance) return null;
  const how = off > 0 ? `${off} s old` : `${-off} s ahead`;
  return refuse(
    "bad_timestamp",
    `It is ${how}; ${tolerance} s are tolerated. Check the clocks, or whether someone sends an old event again.`,
  );
}

/** All live secrets are tried, so that the time doesn't tell which one fits. */
function findSecret(secrets: readonly LiveSecret[], fits: (secret: string) => boolean): Verdict | null {
  const tried = secrets.map(({ id, value }) => ({ id, fits: fits(value) }));
  const found = tried.find((one) => one.fits);
  return found ? { ok: true, secretId: found.id } : null;
}

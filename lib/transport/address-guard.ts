import ipaddr from "ipaddr.js";
import { AppError } from "../errors.ts";
import { type Cidr, closedRange, embeddedV4, matches, OWN_MACHINE_RANGES, parseAddress } from "./address-ranges.ts";

/** What `OUTBOUND_ALLOW` opens, instance-wide. */
export type AllowList = readonly AllowEntry[];
type AllowEntry = { port: number | null } & ({ kind: "host"; host: string } | { kind: "network"; cidr: Cidr });

export type Verdict = { ok: true } | { ok: false; rule: string };
export type UrlVerdict = { ok: true; url: URL } | { ok: false; kind: "bad_url" | "blocked_address"; rule: string; host: string };

export type Target = { host: string; port: number; protocol: "http:" | "https:" };

/**
 * Parses `10.2.0.0/16:8443,api.corp.local,[fd00::/8]:443`: host names (exact) and networks, each with an optional port.
 * An address alone is a /32 or /128. Throws, naming the entry, so that a typing error never opens or closes by accident.
 */
export function parseAllowList(text: string): AllowList {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(parseEntry);
}

/**
 * What a URL says before anything is looked up: scheme, user name and password, port, and the address if it is written
 * as one. The URL parser has normalised the spellings (2130706433, 0177.0.0.1, full-width digits) by then. `url` comes
 * back without the host's trailing dot and without a fragment.
 */
export function checkUrl(text: string, allow: AllowList): UrlVerdict {
  const url = URL.parse(text);
  const bad = (rule: string): UrlVerdict => ({ ok: false, kind: "bad_url", rule, host: url?.hostname ?? "" });
  if (!url) return bad("it isn't a URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") return bad("it doesn't start with https://");
  if (url.username !== "" || url.password !== "") return bad("it holds a user name or password");
  if (url.port === "0") return bad("port 0 doesn't exist");
  const host = url.hostname.replace(/\.$/, "");
  if (host === "" || host.endsWith(".")) return bad("it has no usable host name");
  url.hostname = host;
  url.hash = "";

  const literal = literalOf(url.hostname);
  if (literal === null) return { ok: true, url };
  const verdict = checkAddress(literal, targetOf(url), allow);
  return verdict.ok ? { ok: true, url } : { ok: false, kind: "blocked_address", rule: verdict.rule, host: url.hostname };
}

/**
 * Whether a connection to this address may be made for this target. Only global unicast is open; all else, and plain
 * http, only where the allow list says so. What can't be read is closed.
 */
export function checkAddress(ip: string, target: Target, allow: AllowList): Verdict {
  const address = parseAddress(ip);
  if (!address) return { ok: false, rule: `${ip} is not an address` };
  const range = closedRange(address);
  const inner = embeddedV4(address);
  const innerRange = inner && closedRange(inner);
  const isOwnMachine = [range, innerRange].some((name) => name && OWN_MACHINE_RANGES.has(name));

  const isListed = allow.some((entry) => {
    if (entry.port !== null && entry.port !== target.port) return false;
    if (entry.kind === "host") return entry.host === target.host && !isOwnMachine;
    const isExact = entry.cidr[1] === (entry.cidr[0].kind() === "ipv4" ? 32 : 128);
    return matches(address, entry.cidr) && (isExact || !isOwnMachine);
  });
  if (isListed) return { ok: true };
  if (range) return { ok: false, rule: `${ip} is in a closed range (${innerRange ?? range})` };
  return target.protocol === "https:" ? { ok: true } : { ok: false, rule: "calls without TLS (http://) are closed" };
}

export function targetOf(url: URL): Target {
  const protocol = url.protocol === "https:" ? "https:" : "http:";
  return { host: url.hostname, port: url.port === "" ? (protocol === "https:" ? 443 : 80) : Number(url.port), protocol };
}

/** The address, when the host of a parsed URL is one. */
export function literalOf(hostname: string): string | null {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  return ipaddr.IPv4.isValidFourPartDecimal(hostname) ? hostname : null;
}

const ENTRY = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+)|(?<v6>[0-9a-f:./]+))(?::(?<port>\d{1,5}))?$/i;

function parseEntry(text: string): AllowEntry {
  const wrong = (why: string) =>
    new AppError(
      "bad_input",
      `OUTBOUND_ALLOW: "${text}" ${why}. Write host or CIDR, with :port if only one is meant, such as 10.2.0.0/16:8443.`,
    );
  // An IPv6 network without brackets has colons of its own, so no port can follow.
  const bare = text.split(":").length > 2 && !text.startsWith("[");
  const groups = bare ? { v6: text, port: undefined } : ENTRY.exec(text)?.groups;
  const subject = groups && (groups.v6 ?? ("bracketed" in groups ? (groups.bracketed ?? groups.plain) : undefined));
  if (!groups || !subject) throw wrong("is neither a host nor a network");

  const port = groups.port === undefined ? null : Number(groups.port);
  if (port !== null && (port < 1 || port > 65_535)) throw wrong("has no usable port");
  const cidr = parseNetwork(subject);
  if (cidr) {
    if (opensOwnMachine(cidr))
      throw wrong("is too wide: loopback, link-local and cloud metadata open by single addresses only (/32 or /128)");
    return { kind: "network", cidr, port };
  }
  const host = subject.toLowerCase().replace(/\.$/, "");
  if (!/^[a-z_][a-z0-9_-]*(\.[a-z0-9_-]+)*$|^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*$/.test(host))
    throw wrong("is neither a host nor a network");
  return { kind: "host", host, port };
}

function parseNetwork(text: string): Cidr | null {
  const [ip = "", bits, more] = text.split("/");
  const address = parseAddress(ip);
  if (!address || more !== undefined || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const longest = address.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? longest : Number(bits);
  return length <= longest ? [address, length] : null;
}

function opensOwnMachine([network, bits]: Cidr): boolean {
  const isExact = bits === (network.kind() === "ipv4" ? 32 : 128);
  const range = closedRange(network);
  // 0.0.0.0/0 and ::/0 start in "this network", yet mean the whole: they open networks, and never the own machine.
  return !isExact && bits >= 8 && range !== null && OWN_MACHINE_RANGES.has(range);
}

import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Cidr = [Address, number];

/**
 * What isn't a public address, by the name that people are told. From the IANA special-purpose registries, read so that
 * in doubt a range is closed: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry.
 */
const IPV4_RANGES = ranges({
  "cloud metadata": ["169.254.169.254/32", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"],
  "this network": ["0.0.0.0/8"],
  "private network": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  "shared carrier network": ["100.64.0.0/10"],
  loopback: ["127.0.0.0/8"],
  "link-local": ["169.254.0.0/16"],
  "protocol assignment": ["192.0.0.0/24"],
  documentation: ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"],
  "6to4 relay": ["192.88.99.0/24"],
  benchmarking: ["198.18.0.0/15"],
  multicast: ["224.0.0.0/4"],
  reserved: ["240.0.0.0/4"],
});

/** Global unicast (RFC 4291) is 2000::/3 alone; these are closed inside it, or deserve their own name outside. */
const IPV6_RANGES = ranges({
  "cloud metadata": ["fd00:ec2::254/128", "fd20:ce::254/128"],
  loopback: ["::1/128"],
  "this network": ["::/128"],
  "IPv4-compatible": ["::/96"],
  "NAT64 translation": ["64:ff9b::/96"],
  "local NAT64 translation": ["64:ff9b:1::/48"],
  Teredo: ["2001::/32"],
  documentation: ["2001:db8::/32", "3fff::/20"],
  "protocol assignment": ["2001::/23"],
  "6to4 translation": ["2002::/16"],
  "private network": ["fc00::/7"],
  "link-local": ["fe80::/10"],
  "site-local": ["fec0::/10"],
  multicast: ["ff00::/8"],
});
const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR("2000::/3");

/** Where a machine keeps what belongs to itself alone. A network on the allow list never opens these by being wide. */
export const OWN_MACHINE_RANGES = new Set(["loopback", "this network", "cloud metadata", "link-local"]);

/**
 * An address, IPv4 in IPv6's clothes (::ffff:a.b.c.d) as the IPv4 it is; null for anything else. A zone (fe80::1%eth0) is
 * no part of a public address.
 */
export function parseAddress(text: string): Address | null {
  try {
    if (!text.includes(":")) return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : null;
    // In the URL parser's spelling, since ipaddr.js reads ::1.2.3.4 as ::ffff:1.2.3.4, which is another address.
    return ipaddr.process(new URL(`http://[${text}]`).hostname.slice(1, -1));
  } catch {
    return null;
  }
}

/** The name of the closed range that an address is in, or null for a public one. */
export function closedRange(address: Address): string | null {
  const table = isV4(address) ? IPV4_RANGES : IPV6_RANGES;
  const found = table.find(([, cidr]) => matches(address, cidr));
  if (found) return found[0];
  return isV4(address) || matches(address, GLOBAL_UNICAST_V6) ? null : "reserved";
}

/** The IPv4 address that an address of a translating range leads to (RFC 4291, RFC 6052, RFC 3056). */
export function embeddedV4(address: Address): ipaddr.IPv4 | null {
  const at = EMBEDDED_AT[closedRange(address) ?? ""];
  return at === undefined ? null : new ipaddr.IPv4(address.toByteArray().slice(at, at + 4));
}

const EMBEDDED_AT: Record<string, number> = { "IPv4-compatible": 12, "NAT64 translation": 12, "6to4 translation": 2 };

export function matches(address: Address, [network, bits]: Cidr): boolean {
  if (isV4(address)) return isV4(network) && address.match(network, bits);
  return !isV4(network) && address.match(network, bits);
}

function isV4(address: Address): address is ipaddr.IPv4 {
  return address.kind() === "ipv4";
}

function ranges(named: Record<string, string[]>): [name: string, cidr: Cidr][] {
  return Object.entries(named).flatMap(([name, cidrs]) => cidrs.map((cidr): [string, Cidr] => [name, ipaddr.parseCIDR(cidr)]));
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkAddress, checkUrl, parseAllowList } from "./address-guard.ts";

const NOTHING = parseAllowList("");
const target = { host: "api.example.com", port: 443, protocol: "https:" } as const;
const isOpen = (ip: string, allow = "", at: Partial<typeof target> | { port: number } = {}) =>
  checkAddress(ip, { ...target, ...at }, parseAllowList(allow)).ok;

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.32.0.1",
  "100.128.0.1",
  "198.20.0.1",
  "223.255.255.255",
  "2606:4700::1111",
  "2a00:1450:4001::1",
  "::ffff:8.8.8.8",
])("%s is public", (ip) => {
  expect(isOpen(ip)).toBe(true);
});

test.each([
  ["0.0.0.0", "this network"],
  ["10.0.0.1", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "carrier"],
  ["100.100.100.200", "metadata"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["169.254.169.254", "metadata"],
  ["169.254.1.1", "link-local"],
  ["168.63.129.16", "metadata"],
  ["192.0.0.1", "protocol"],
  ["192.0.0.192", "metadata"],
  ["192.0.2.1", "documentation"],
  ["198.51.100.1", "documentation"],
  ["203.0.113.1", "documentation"],
  ["192.88.99.1", "6to4"],
  ["198.18.0.1", "benchmarking"],
  ["198.19.255.255", "benchmarking"],
  ["224.0.0.1", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "reserved"],
  ["::", "this network"],
  ["::1", "loopback"],
  ["::127.0.0.1", "loopback"],
  ["::8.8.8.8", "IPv4-compatible"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["::ffff:10.0.0.1", "private"],
  ["0:0:0:0:0:ffff:a9fe:a9fe", "metadata"],
  ["64:ff9b::7f00:1", "loopback"],
  ["64:ff9b::8.8.8.8", "NAT64"],
  ["64:ff9b:1::1", "NAT64"],
  ["100::1", "reserved"],
  ["2001::1", "Teredo"],
  ["2001:2::1", "protocol"],
  ["2001:20::1", "protocol"],
  ["2001:db8::1", "documentation"],
  ["2002:7f00:1::", "loopback"],
  ["2002:808:808::", "6to4"],
  ["3fff::1", "documentation"],
  ["4000::1", "reserved"],
  ["5f00::1", "reserved"],
  ["fc00::1", "private"],
  ["fd00:ec2::254", "metadata"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "not an address"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["", "not an address"],
  ["localhost", "not an address"],
  ["2130706433", "not an address"],
  ["0177.0.0.1", "not an address"],
  ["127.1", "not an address"],
])("%s is closed (%s)", (ip, rule) => {
  expect(checkAddress(ip, target, NOTHING)).toEqual({ ok: false, rule: expect.stringContaining(rule) });
});

test("an IPv4 address in IPv6's clothes is judged as the IPv4 address", () => {
  fc.assert(
    fc.property(fc.ipV4(), (ip) => {
      expect(isOpen(`::ffff:${ip}`)).toBe(isOpen(ip));
    }),
  );
});

describe("every spelling of a closed address in a URL is blocked", () => {
  const spellings = [
    "https://127.0.0.1",
    "https://127.0.0.1.",
    "https://127.1",
    "https://127.0.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.0.0.1",
    "https://0177.0.0.1",
    "https://017700000001",
    "https://127。0。0。1",
    "https://１２７.0.0.1",
    "https://①②⑦.0.0.1",
    "https://%31%32%37.0.0.1",
    "https://127.0.0.1:8443",
    "https://0",
    "https://0.0.0.0",
    "https://[::1]",
    "https://[::]",
    "https://[0:0:0:0:0:0:0:1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[::127.0.0.1]",
    "https://[64:ff9b::127.0.0.1]",
    "https://[2002:7f00:1::]",
    "https://169.254.169.254/latest/meta-data",
    "https://2852039166",
    "https://0xa9fea9fe",
    "https://[fd00:ec2::254]",
    "HTTPS://127.0.0.1",
    "https:127.0.0.1",
    "https:\\\\127.0.0.1",
    "https://12\n7.0.0.1",
  ];
  test.each(spellings)("%j", (url) => {
    expect(checkUrl(url, NOTHING)).toMatchObject({ ok: false, kind: "blocked_address" });
  });
});

test.each([
  ["ftp://example.com", "https://"],
  ["file:///etc/passwd", "https://"],
  ["gopher://example.com", "https://"],
  ["javascript:1", "https://"],
  ["https://user@example.com", "user name"],
  ["https://:pw@example.com", "user name"],
  ["https://example.com:0", "port 0"],
  ["https://example.com..", "host name"],
  ["https://", "isn't a URL"],
  ["/path", "isn't a URL"],
  ["https://1.2.3.4.5", "isn't a URL"],
  ["https://[fe80::1%25eth0]", "isn't a URL"],
])("%s is a bad URL", (url, rule) => {
  expect(checkUrl(url, NOTHING)).toMatchObject({ ok: false, kind: "bad_url", rule: expect.stringContaining(rule) });
});

test("a trailing dot is dropped, so that certificate and Host header carry the plain name", () => {
  const verdict = checkUrl("https://API.example.com.:8443/a?b#c", NOTHING);
  expect(verdict.ok && verdict.url.href).toBe("https://api.example.com:8443/a?b");
});

describe("the allow list", () => {
  test("opens a network, at its port if it names one", () => {
    expect(isOpen("10.2.3.4", "10.2.0.0/16")).toBe(true);
    expect(isOpen("::ffff:10.2.3.4", "10.2.0.0/16")).toBe(true);
    expect(isOpen("10.3.3.4", "10.2.0.0/16")).toBe(false);
    expect(isOpen("10.2.3.4", "10.2.0.0/16:8443")).toBe(false);
    expect(isOpen("10.2.3.4", "10.2.0.0/16:8443", { port: 8443 })).toBe(true);
    expect(isOpen("fd00::5", "fd00::/8")).toBe(true);
    expect(isOpen("fd00::5", "[fd00::/8]:443")).toBe(true);
    expect(isOpen("fd00::5", "[fd00::/8]:444")).toBe(false);
  });

  test("opens a host by its exact name", () => {
    expect(isOpen("10.2.3.4", "x.local, API.example.com.")).toBe(true);
    expect(isOpen("10.2.3.4", "example.com")).toBe(false);
    expect(isOpen("10.2.3.4", "api.example.com:8443")).toBe(false);
  });

  test("opens the machine's own addresses one by one only", () => {
    for (const wide of ["0.0.0.0/0", "126.0.0.0/7", "api.example.com", "168.0.0.0/5"]) {
      for (const ip of ["127.0.0.1", "169.254.169.254", "0.0.0.0", "168.63.129.16"])
        expect(isOpen(ip, wide), `${ip} by ${wide}`).toBe(false);
    }
    for (const ip of ["::1", "fe80::1", "fd00:ec2::254", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"])
      expect(isOpen(ip, "::/0"), ip).toBe(false);
    expect(isOpen("127.0.0.1", "127.0.0.1/32")).toBe(true);
    expect(isOpen("127.0.0.1", "127.0.0.1:443")).toBe(true);
    expect(isOpen("::1", "::1/128")).toBe(true);
    expect(isOpen("::1", "[::1]:443")).toBe(true);
    expect(isOpen("127.0.0.2", "127.0.0.1")).toBe(false);
    for (const wide of ["127.0.0.0/8", "169.254.0.0/16", "fe80::/10", "0.0.0.0/8", "127.0.0.1/31"])
      expect(() => parseAllowList(wide)).toThrow("too wide");
  });

  test("is what plain http needs", () => {
    const http = { ...target, protocol: "http:", port: 80 } as const;
    expect(checkAddress("8.8.8.8", http, NOTHING)).toEqual({ ok: false, rule: "calls without TLS (http://) are closed" });
    expect(checkAddress("8.8.8.8", http, parseAllowList("8.8.8.8/32")).ok).toBe(true);
    expect(checkAddress("8.8.8.8", http, parseAllowList("api.example.com:80")).ok).toBe(true);
    expect(checkAddress("8.8.8.8", http, parseAllowList("api.example.com:443")).ok).toBe(false);
  });

  test.each([
    "10.2.0.0/33",
    "10.2.0.0/x",
    "10.2.0.0/16/1",
    "10.2.0.0:0",
    "10.2.0.0:99999",
    "a b",
    "*.corp.local",
    "https://x",
    "10.2.0",
    "fd00::/129",
    "[::1",
    "999.1.1.1",
    ":80",
    "a:b",
  ])("refuses the entry %j by name", (entry) => {
    expect(() => parseAllowList(`ok.local,${entry}`)).toThrow(`"${entry}"`);
  });
});

import { lookup as lookupInSystem } from "node:dns/promises";
import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type AllowList, checkAddress, literalOf, type Target } from "./address-guard.ts";
import { parseAddress } from "./address-ranges.ts";
import { SendFailure } from "./send-failure.ts";

export type ResolvedAddress = { address: string; family: number };
/** All addresses of a host name. */
export type Lookup = (host: string) => Promise<ResolvedAddress[]>;
export type Blocked = { host: string; address?: string; rule: string };

export type SocketOptions = {
  allow: AllowList;
  connectTimeoutMs: number;
  lookup?: Lookup;
  /** Certificate authorities besides the system's; for tests. */
  ca?: string;
  onBlocked?: (blocked: Blocked) => void;
  /** A user's value chose the host: for the words of a refusal. */
  isUsersHost?: boolean;
};

/**
 * Opens a connection that the guard agreed to. *All* addresses of a name are judged, since the next connection may get
 * another of them; the socket is pinned to what was judged (no second look-up, so a name can't change its mind in
 * between); and what it reached in the end is judged once more. TLS and the Host header keep the original name.
 * Rejects with `SendFailure` or the system's error.
 */
export async function openSocket(target: Target, options: SocketOptions): Promise<Socket> {
  const host = literalOf(target.host) ?? target.host;
  const addresses = await resolve(host, options);
  for (const { address } of addresses) assertAllowed(address, target, options);
  const socket = await connect(target, host, addresses, options);
  try {
    assertAllowed(socket.remoteAddress ?? "", target, options);
    if (!addresses.some(({ address }) => isSameAddress(address, socket.remoteAddress))) {
      throw block(
        { host: target.host, address: socket.remoteAddress, rule: "the connection went to another address than the one checked" },
        options,
      );
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function resolve(host: string, { lookup = lookupAll, connectTimeoutMs }: SocketOptions): Promise<ResolvedAddress[]> {
  const literal = parseAddress(host);
  if (literal) return [{ address: host, family: host.includes(":") ? 6 : 4 }];
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(
    () => timer.reject(new SendFailure("dns", `The name ${host} wasn't answered by DNS in time.`, "Check the host name, then try again.")),
    connectTimeoutMs,
  );
  try {
    const addresses = await Promise.race([lookup(host), timer.promise]);
    if (addresses.length === 0) throw new SendFailure("dns", `The name ${host} has no address.`, "Check the host name.");
    return addresses;
  } finally {
    clearTimeout(timeout);
  }
}

const lookupAll: Lookup = (host) => lookupInSystem(host, { all: true, verbatim: true });

function assertAllowed(address: string, target: Target, options: SocketOptions): void {
  const verdict = checkAddress(address, target, options.allow);
  if (!verdict.ok) throw block({ host: target.host, address, rule: verdict.rule }, options);
}

export function block(blocked: Blocked, { onBlocked, isUsersHost }: Pick<SocketOptions, "onBlocked" | "isUsersHost">): SendFailure {
  onBlocked?.(blocked);
  return SendFailure.blocked(blocked.host, blocked.rule, isUsersHost);
}

function connect(
  { protocol, port }: Target,
  host: string,
  addresses: ResolvedAddress[],
  { connectTimeoutMs, ca }: SocketOptions,
): Promise<Socket> {
  const pinned: LookupFunction = (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, addresses);
    else done(null, first!.address, first!.family);
  };
  // Node goes through the judged addresses until one answers (RFC 8305).
  const tcp = { host, port, lookup: pinned, autoSelectFamily: true, noDelay: true };
  const isSecure = protocol === "https:";
  // No server name for an address: RFC 6066, section 3.
  const servername = parseAddress(host) ? undefined : host;
  const socket = isSecure ? connectTls({ ...tcp, servername, ca, ALPNProtocols: ["http/1.1"] }) : connectTcp(tcp);
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => fail(SendFailure.connectTimeout(connectTimeoutMs)), connectTimeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timeout);
      socket.destroy();
      reject(error);
    };
    socket.once("error", fail);
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      clearTimeout(timeout);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

function isSameAddress(one: string, other: string | undefined): boolean {
  return other !== undefined && parseAddress(one)?.toString() === parseAddress(other)?.toString();
}

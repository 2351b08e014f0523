import type { Connection } from "#db/client.ts";
import { readDatabaseClock } from "#db/clock.ts";
import { createActivityRecorder } from "#lib/activity/record-activity.ts";
import { flushRefreshes } from "#lib/credentials/note-refresh.ts";
import { flushKeyUse } from "#lib/projects/note-key-use.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import type { CheckContext } from "#lib/resources/check-draft.ts";
import { flushAliasUse } from "#lib/resources/note-alias-use.ts";
import { checkAddress, parseAllowList } from "#lib/transport/address-guard.ts";
import { createSend } from "#lib/transport/send.ts";
import { flushUsersSeen } from "./note-user-seen.ts";

export type OpenSpine = Spine &
  Pick<CheckContext, "allowsHttp"> & { /** Writes what is buffered. Call before the process ends. */ close(): Promise<void> };

const FLUSH_SEEN_MS = 5_000;
const FLUSH_REFRESHES_MS = 1_000;
const READ_CLOCK_MS = 60_000;

/** The one spine of a process: its database, its way out to the network, its activity log. */
export function openSpine(
  { db, sql }: Connection,
  { outboundAllow, onError }: { outboundAllow: string; onError: (error: unknown) => void },
): OpenSpine {
  const allow = parseAllowList(outboundAllow);
  const activity = createActivityRecorder(sql, onError);
  const flushSeen = () => Promise.all([flushUsersSeen(sql).catch(onError), flushAliasUse(sql).catch(onError)]);
  const flushHealth = () => flushRefreshes(sql).catch(onError);
  const readClock = () => readDatabaseClock(sql).catch(onError);
  void readClock();
  const timers = [
    setInterval(flushSeen, FLUSH_SEEN_MS).unref(),
    setInterval(flushHealth, FLUSH_REFRESHES_MS).unref(),
    setInterval(readClock, READ_CLOCK_MS).unref(),
  ];
  return {
    db,
    sql,
    ...createSend({ allow }),
    record: activity.record,
    allowsHttp: (host, port) => isListed(host, Number(port), allow),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([activity.close(), flushSeen(), flushHealth(), flushKeyUse().catch(onError)]);
    },
  };
}

/** `localhost` stands for its two addresses; every other name must be listed by name, or be an address in a listed network. */
function isListed(host: string, port: number, allow: ReturnType<typeof parseAllowList>): boolean {
  const addresses = host === "localhost" ? ["127.0.0.1", "::1"] : [host.replace(/^\[|\]$/g, "")];
  const target = { host, port, protocol: "http:" } as const;
  return (
    addresses.some((address) => checkAddress(address, target, allow).ok) ||
    allow.some((entry) => entry.kind === "host" && entry.host === host && (entry.port === null || entry.port === port))
  );
}

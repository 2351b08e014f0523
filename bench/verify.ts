import { setTimeout as sleep } from "node:timers/promises";
import { openParts } from "./faults/open-parts.ts";
import { apiKeyDraft, publishDraft } from "./publish-draft.ts";
import type { ApiAsks } from "./recorders/api.ts";
import { startRecorder } from "./recorders/start-recorder.ts";
import { against, percentile, printTable, seconds } from "./report.ts";
import { seedUsers } from "./seed-users.ts";

const CREDENTIALS = 10_000;
const INTERVAL_S = 60;
const LATEST_MS = 60_000;
const WATCHED_MS = 200_000;

/**
 * 10,000 credentials whose API is to be asked each minute, all due at the same moment at first: the worst that a publish can do. The API's
 * own log tells when each key came; one check is due a minute after the one before, and in time when it comes within another minute.
 */
export async function measureVerify(): Promise<void> {
  const api = await startRecorder<ApiAsks>("api");
  const parts = await openParts({ outboundPorts: [api.ports.http!] });
  try {
    const draft = apiKeyDraft(`http://127.0.0.1:${api.ports.http}`, INTERVAL_S);
    const resourceId = await publishDraft(parts, parts.scope, "Checked", draft);
    const dueIn = `now() + interval '${INTERVAL_S} seconds'`;
    await seedUsers(parts.sql, parts.scope, { resourceId, authType: "api_key", amount: CREDENTIALS, sealed: CREDENTIALS, verifyAt: dueIn });
    await parts.sql`update resource set settled_revision = live_revision where id = ${resourceId}`;
    await parts.sql`update credential set verify_at = now() + make_interval(secs => ${INTERVAL_S})`;
    const began = Date.now();
    await api.ask("count");
    await parts.startGateway();
    await sleep(WATCHED_MS - (Date.now() - began));
    print(await api.ask("times"), began, Date.now());
  } finally {
    await parts.end();
    await api.end();
  }
}

function print(seen: [string, number[]][], began: number, ended: number): void {
  const byKey = new Map(seen);
  const late: number[] = [];
  let due = 0;
  let inTime = 0;
  for (let index = 0; index < CREDENTIALS; index++) {
    const checks = byKey.get(`key-of-seeded-${index}`) ?? [];
    for (let number = 0; number <= checks.length; number++) {
      const dueAt = (number === 0 ? began : checks[number - 1]!) + INTERVAL_S * 1000;
      const cameAt = checks[number];
      // What may still come in time says nothing yet.
      if (cameAt === undefined && dueAt + LATEST_MS > ended) continue;
      due++;
      if (cameAt !== undefined) late.push(cameAt - dueAt);
      if (cameAt !== undefined && cameAt <= dueAt + LATEST_MS) inTime++;
    }
  }
  const share = inTime / due;
  const checks = seen.reduce((sum, [, times]) => sum + times.length, 0);
  printTable({
    title: `${CREDENTIALS.toLocaleString("en-US")} credentials with a check interval of ${INTERVAL_S} s, watched for ${seconds(ended - began)}`,
    head: ["by the API's own log", "", "bar"],
    rows: [
      ["keys that came at all", byKey.size.toLocaleString("en-US")],
      ["checks", checks.toLocaleString("en-US")],
      ["checks that were due", due.toLocaleString("en-US")],
      ["of these within interval + 60 s", `${(share * 100).toFixed(2)} %`, `99 % ${against(share, { least: 0.99 })}`],
      ["later than the interval, p50", seconds(percentile(late, 0.5))],
      ["later than the interval, p99", seconds(percentile(late, 0.99))],
      ["later than the interval, most", seconds(Math.max(...late))],
    ],
  });
}

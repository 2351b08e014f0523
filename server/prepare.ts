import { createDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { upcastBodies } from "#db/upcast-bodies.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createSetupLink } from "#lib/projects/setup-link.ts";
import { checkCanary, takeUpKeys } from "#lib/vault/check-keys.ts";
import { readAdmin } from "./start/read-settings.ts";

/*
 * Readies DATABASE_URL for the servers of this version, and says the one-time setup link while there is no member. `npm start`
 * runs it; so do you, before web, gateway and worker that run apart. Running it twice, or on three machines at once, is fine.
 */

/** What `npm start` hears over its channel. A refusal is one sentence, to be shown as it is. */
export type Prepared = { setupPath: string | null } | { refusal: string };

/** Refuses keys that don't fit the database before it migrates, so that a wrong key changes nothing. */
async function prepareDatabase(url: string): Promise<string | null> {
  const admin = readAdmin(process.env);
  const { db, sql, close } = createDatabase(url, { max: 1, applicationName: "patchbay prepare" });
  try {
    await sql`select 1`.catch((error: Error & { code?: string }) => {
      throw new AppError("unavailable", unreachable(url, error));
    });
    const [existing] = await sql`select to_regclass('instance') is not null as migrated`;
    if (existing?.migrated) await checkCanary(sql);
    await migrateDatabase(url);
    await upcastBodies(sql);
    await takeUpKeys(sql);
    if (admin) await createFirstAdmin(db, admin);
    return (await createSetupLink(db))?.path ?? null;
  } finally {
    await close();
  }
}

/** Without the address's user and password. */
function unreachable(url: string, { code, message }: Error & { code?: string }): string {
  const { host, pathname } = new URL(url);
  const why = code === undefined || message.includes(code) ? message : `${code}: ${message}`;
  return `The database ${pathname.slice(1)} at ${host} can't be reached (${why}). Check DATABASE_URL, and that Postgres is up and lets this machine in.`;
}

function tell(prepared: Prepared): void {
  if (process.send) process.send(prepared);
  else if ("refusal" in prepared) console.error(prepared.refusal);
  else if (prepared.setupPath) console.log(`Create the first account. This link works once: ${env().PATCHBAY_URL}${prepared.setupPath}`);
}

process.on("disconnect", () => process.exit(1));
try {
  tell({ setupPath: await prepareDatabase(env().DATABASE_URL) });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ refusal: error.message });
  process.exitCode = 1;
}
if (process.channel) process.disconnect();

import { createDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { AppError } from "#lib/errors.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createSetupLink } from "#lib/projects/setup-link.ts";
import { checkCanary } from "#lib/vault/check-canary.ts";
import type { Settings } from "./read-settings.ts";

/**
 * Reaches the database, refuses keys that don't fit it, migrates, and makes the first admin where the environment names one.
 * Gives the path of the one-time setup link, or null once there is a member.
 */
export async function prepareDatabase(url: string, admin: Settings["admin"]): Promise<string | null> {
  const { db, sql, close } = createDatabase(url, { max: 1, applicationName: "patchbay start" });
  try {
    await sql`select 1`.catch((error: Error & { code?: string }) => {
      throw new AppError("internal", unreachable(url, error));
    });
    const [existing] = await sql`select to_regclass('instance') is not null as migrated`;
    // Before migrating too, so that a wrong key changes nothing.
    if (existing?.migrated) await checkCanary(db);
    await migrateDatabase(url);
    await checkCanary(db);
    if (admin) await createFirstAdmin(db, admin);
    return (await createSetupLink(db))?.path ?? null;
  } finally {
    await close();
  }
}

/** Without the address's user and password. */
function unreachable(url: string, { code, message }: Error & { code?: string }): string {
  const { host, pathname } = new URL(url);
  const why = message.includes(code ?? message) ? message : `${code}: ${message}`;
  return `The database ${pathname.slice(1)} at ${host} can't be reached (${why}). Check DATABASE_URL, and that Postgres is up and lets this machine in.`;
}

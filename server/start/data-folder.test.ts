import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDataFolder, findDataFolder } from "./data-folder.ts";
import { createKeyFile, findKeys } from "./find-keys.ts";
import { readSettings } from "./read-settings.ts";

const asRoot = process.getuid?.() === 0;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-data-"));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the first start makes a key file that only its owner may read, and the next start uses it", async () => {
  const data = await findDataFolder(path.join(folder, "first"));
  const settings = readSettings({ NODE_ENV: "test" });
  const found = await findKeys(settings, data);
  expect(found.newFile).toBe(path.join(folder, "first/keys"));
  await createDataFolder(data);
  await createKeyFile(path.join(folder, "first/keys"));
  expect(statSync(path.join(folder, "first/keys")).mode & 0o777).toBe(0o600);
  expect(readFileSync(path.join(folder, "first/keys"), "utf8")).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
  expect((await findKeys(settings, data)).newFile).toBeUndefined();
});

test.runIf(asRoot)("under a folder that Postgres's user can't enter, the database goes elsewhere and is found there again", async () => {
  const closed = path.join(folder, "closed");
  mkdirSync(closed, { mode: 0o700 });
  const elsewhere = path.join(folder, "elsewhere");
  const data = await findDataFolder(path.join(closed, "data"), elsewhere);
  expect(data.databaseFolder.startsWith(`${elsewhere}/`)).toBe(true);
  await createDataFolder(data);
  mkdirSync(path.join(data.databaseFolder, "postgres"));

  // Opened later: the data stay where they are.
  chmodSync(closed, 0o755);
  expect(await findDataFolder(path.join(closed, "data"), "/nowhere")).toMatchObject({
    databaseFolder: data.databaseFolder,
    hasDatabase: true,
  });
});

import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockDataFolder } from "./data-folder.ts";
import { ROOT } from "./places.ts";

let folder = "";
let taken: Server;
let takenPort = 0;
/** Free as far as a moment can tell. */
let freePorts = { PORT: "", API_PORT: "", EXAMPLE_PORT: "" };

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-start-"));
  chmodSync(folder, 0o755);
  taken = await listen();
  takenPort = portOf(taken);
  const servers = await Promise.all([listen(), listen(), listen()]);
  const [web, gateway, tasklab] = servers.map((server) => String(portOf(server)));
  freePorts = { PORT: web ?? "", API_PORT: gateway ?? "", EXAMPLE_PORT: tasklab ?? "" };
  for (const server of servers) server.close();
});
afterAll(() => {
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return server;
}

const portOf = (server: Server) => (server.address() as { port: number }).port;

type Ended = { code: number; said: string; dataFolder: string };

async function start(variables: Record<string, string>, dataFolder = path.join(folder, "data")): Promise<Ended> {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, NODE_ENV: "production", ...freePorts, PATCHBAY_DATA: dataFolder, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, ["server/start.ts"], { cwd: ROOT, env, timeout: 15_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}`.trim(), dataFolder });
    });
  });
}

const KEYS = `k1:${Buffer.alloc(32, 7).toString("base64")}`;
const UNREACHABLE = "postgres://somebody:hidden-word@127.0.0.1:1/patchbay";

test.each([
  ["a taken port", () => ({ PORT: String(takenPort) }), /^Port \d+ is taken\. Stop what uses it, or set PORT to another port\.$/],
  [
    "one port named twice",
    () => ({ PORT: freePorts.API_PORT }),
    /^PORT, API_PORT and EXAMPLE_PORT name one port twice\. Give each its own\.$/,
  ],
  [
    "a public address that clients take for one of a proxied call",
    () => ({ PATCHBAY_API_URL: "https://api.proxy.example" }),
    /^The environment is not usable\. PATCHBAY_API_URL: must not contain "proxy": .*\.$/,
  ],
  ["a port that is none", () => ({ EXAMPLE_PORT: "many" }), /^EXAMPLE_PORT is "many"\. Set it to a number/],
  ["a public address that is none", () => ({ PATCHBAY_URL: "nowhere" }), /PATCHBAY_URL/],
  [
    "a database of one's own without keys",
    () => ({ DATABASE_URL: UNREACHABLE }),
    /^DATABASE_URL is set, but no key to seal secrets with\. Set PATCHBAY_KEYS/,
  ],
  ["a key of the wrong length", () => ({ PATCHBAY_KEYS: "k1:AAAA" }), /Key "k1" of PATCHBAY_KEYS has 3 bytes instead of 32/],
  ["a key file that isn't there", () => ({ PATCHBAY_KEYS_FILE: "/nowhere/keys" }), /^The key file \/nowhere\/keys can't be read/],
  [
    "half of single sign-on",
    () => ({ AUTH_OIDC_ISSUER: "https://id.example", AUTH_OIDC_ID: "patchbay" }),
    /only AUTH_OIDC_ISSUER and AUTH_OIDC_ID is set\. Set all three, or none\./,
  ],
  [
    "an issuer over plain http",
    () => ({ AUTH_OIDC_ISSUER: "http://id.example", AUTH_OIDC_ID: "patchbay", AUTH_OIDC_SECRET: "s" }),
    /AUTH_OIDC_ISSUER: must be https, or http on this very machine/,
  ],
  ["half of the first admin", () => ({ PATCHBAY_ADMIN_EMAIL: "ada@example.com" }), /Set both, or neither\.$/],
])("%s is refused in one sentence, with nothing written", async (_what, variables, sentence) => {
  const { code, said, dataFolder } = await start(variables());
  expect(said).toMatch(sentence);
  expect(said.split("\n")).toHaveLength(1);
  expect(code).toBe(1);
  expect(existsSync(dataFolder)).toBe(false);
});

test("a data folder that can't be written is refused", async () => {
  const file = path.join(folder, "a-file");
  writeFileSync(file, "");
  const { code, said } = await start({}, path.join(file, "data"));
  expect(said).toMatch(/can't be written\. Make it writable for this user, or set PATCHBAY_DATA to another folder\.$/);
  expect(code).toBe(1);
});

test("an old database without its key file is refused, and no new key is made", async () => {
  const old = path.join(folder, "old");
  mkdirSync(path.join(old, "postgres"), { recursive: true });
  const { code, said } = await start({}, old);
  expect(said).toMatch(/^The key file .*old\/keys is gone, and the database's secrets open with no other\. Put it back/);
  expect(code).toBe(1);
  expect(existsSync(path.join(old, "keys"))).toBe(false);
});

test("a second start on the same folder is refused, whatever its spelling", async () => {
  const same = path.join(folder, "same");
  mkdirSync(same);
  const lock = await lockDataFolder(same);
  const { code, said } = await start({}, path.join(folder, "old/../same"));
  expect(said).toMatch(/^Patchbay already runs from .*same\. Stop it first, or set PATCHBAY_DATA to another folder\.$/);
  expect(code).toBe(1);
  lock.close();
});

test("a database that can't be reached is refused without showing its password", async () => {
  const { code, said } = await start({ DATABASE_URL: UNREACHABLE, PATCHBAY_KEYS: KEYS });
  expect(said).toMatch(/^The database patchbay at 127\.0\.0\.1:1 can't be reached \(.*ECONNREFUSED.*\)\. Check DATABASE_URL/);
  expect(said).not.toContain("hidden-word");
  expect(code).toBe(1);
});

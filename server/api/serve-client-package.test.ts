import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildClient } from "#server/start/build-client.ts";
import { serveClientPackage } from "./serve-client-package.ts";

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  await buildClient(AbortSignal.timeout(60_000));
  folder = await mkdtemp(path.join(tmpdir(), "install-client-"));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

test("npm installs our client from the address of the API, and asks no registry", async () => {
  const server = createServer(async (request, response) => {
    const answer = request.url === "/connect.tgz" ? await serveClientPackage() : new Response(null, { status: 404 });
    response.writeHead(answer.status, [...answer.headers].flat()).end(new Uint8Array(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/connect.tgz`;

  await writeFile(path.join(folder, "package.json"), '{ "private": true }');
  await writeFile(
    path.join(folder, "use.mjs"),
    'import { patchbay } from "@patchbay/connect"; console.log(patchbay.getUser().authenticated);',
  );
  await run("npm", ["install", url, "--no-audit", "--no-fund", "--registry", "http://127.0.0.1:9/"], { cwd: folder });
  const { stdout } = await run(process.execPath, ["use.mjs"], { cwd: folder });
  expect(stdout).toBe("false\n");
}, 60_000);

test("tar reads each file of it, with licence, README and types", async () => {
  const archive = path.join(folder, "connect.tgz");
  await writeFile(archive, new Uint8Array(await (await serveClientPackage()).arrayBuffer()));
  const { stdout } = await run("tar", ["--list", "--gzip", "--file", archive]);
  expect(stdout.trim().split("\n")).toEqual([
    "package/package.json",
    "package/LICENSE",
    "package/README.md",
    "package/dist/connect.d.ts",
    "package/dist/connect.js",
    "package/dist/patchbay-error.d.ts",
    "package/dist/patchbay-error.js",
    "package/dist/types.d.ts",
    "package/dist/types.js",
  ]);
});

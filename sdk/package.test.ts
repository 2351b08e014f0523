import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";

/** What a customer gets: built by the package's own script. */
const run = promisify(execFile);
const tsc = path.join(import.meta.dirname, "../node_modules/.bin/tsc");
const packageJson = JSON.parse(await readFile(path.join(import.meta.dirname, "package.json"), "utf8")) as Record<string, object>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "patchbay-connect-"));
  await run("npm", ["run", "build", "--", "--outDir", folder], { cwd: import.meta.dirname });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

test("it is at most 3 kB, minified and gzipped", async () => {
  const bundle = await rolldown({ input: path.join(folder, "connect.js") });
  const { output } = await bundle.generate({ format: "es", minify: true });
  expect(output).toHaveLength(1);
  const size = gzipSync(output[0].code).byteLength;
  console.log(`@patchbay/connect: ${size} bytes minified and gzipped`);
  expect(size).toBeLessThanOrEqual(3_000);
  expect(size, "a bundle with nothing in it would be small too").toBeGreaterThan(1_000);
});

test("it needs nothing else", async () => {
  expect(packageJson).not.toHaveProperty("dependencies");
  expect(packageJson).not.toHaveProperty("peerDependencies");
  const code = await Promise.all(
    (await readdir(folder)).filter((file) => file.endsWith(".js")).map((file) => readFile(path.join(folder, file), "utf8")),
  );
  expect(code.join("\n").match(/(from|import|require)\W*"[^.][^"]*"/g)).toBeNull();
});

test("its types hold for those who use them, strictly", async () => {
  const consumer = path.join(folder, "consumer.ts");
  const check = () =>
    run(tsc, ["--noEmit", "--strict", "--target", "es2022", "--moduleResolution", "bundler", "--module", "esnext", consumer], {
      cwd: folder,
    });
  const program = `import { type ConnectUser, type Patchbay, patchbay, PatchbayError } from "./connect.js";
    const client: Patchbay = patchbay;
    const user: ConnectUser = client.getUser();
    export const tasks: { title: string }[] | undefined = await client.request<{ title: string }[]>("TaskLab", "/tasks", { method: "POST", body: { a: 1 } });
    export const code = (error: unknown): string | undefined => (error instanceof PatchbayError ? error.code : undefined);
    export const id: string | undefined = user.authenticated ? user.userId : undefined;`;
  await writeFile(consumer, program);
  await check();
  await writeFile(consumer, `${program}\n    export const wrong: number = user.userId;`);
  await expect(check(), "and they refuse what is wrong").rejects.toMatchObject({ stdout: expect.stringContaining("userId") });
}, 60_000);

test("plain Node loads it as it is", async () => {
  const script = `import { createClient, patchbay, PatchbayError } from ${JSON.stringify(path.join(folder, "connect.js"))};
    console.log(typeof createClient, Object.keys(patchbay).join(), PatchbayError.name);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
  expect(stdout).toBe(
    "function configureGlobal,authenticate,getUser,logout,setUserMetadata,connectAction,getIntegrationAccount,uninstallIntegration,request,requestRaw,event,workflow,enableWorkflow,disableWorkflow PatchbayError\n",
  );
});

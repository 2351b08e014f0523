import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CodeLanguage, codeExamples } from "./code-examples.ts";

const run = promisify(execFile);
const node = process.execPath;

/** How a reader runs what they copied. Its runtime answers `probe`, or the language is skipped. */
const RUNTIMES: Partial<Record<CodeLanguage, { file: string; command: (file: string) => string[]; probe: string[] }>> = {
  javascript: { file: "connect.mjs", command: (file) => [node, file], probe: [node, "--version"] },
  curl: { file: "connect.sh", command: (file) => ["sh", file], probe: ["curl", "--version"] },
  typescript: { file: "connect.mts", command: (file) => [node, "--no-warnings", file], probe: [node, "--version"] },
  python: { file: "connect.py", command: (file) => ["python3", file], probe: ["python3", "--version"] },
  go: { file: "connect.go", command: (file) => ["go", "run", file], probe: ["go", "version"] },
  ruby: { file: "connect.rb", command: (file) => ["ruby", file], probe: ["ruby", "--version"] },
  php: { file: "connect.php", command: (file) => ["php", file], probe: ["php", "--version"] },
};

const ODD = `it's "quoted" \\ $HOME \`id\` #{1} %s é 漢 <&>`;
const base = { projectId: "b81d0f3e-27c4-4e8f-a6b5-0c9d1e7f4a22", resourceId: "3f0c6a52-8d1e-4b7a-9c44-51e0b2a7d913", name: ODD };
const endpoint = `/projects/${base.projectId}/sdk/resources/${base.resourceId}/connect`;
const fields = [
  { key: "tenant", example: ODD },
  { key: "work-space", example: "..." },
  { key: "access_token", example: "eyJ..." },
];

type Received = { method?: string; url?: string; authorization?: string; type?: string; body: string };
let received: Received[] = [];
let server: Server;
let address: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "code-examples-"));
  // What `npm install` of our client leaves; that its package can be installed is tested beside it.
  const installed = path.join(folder, "node_modules/@patchbay/connect");
  await mkdir(installed, { recursive: true });
  await copyFile("sdk/package.json", path.join(installed, "package.json"));
  await run("npm", ["run", "build", "--", "--outDir", path.join(installed, "dist")], { cwd: "sdk" });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization, "content-type": type } = request.headers;
    received.push({ method: request.method, url: request.url, authorization, type, body: Buffer.concat(chunks).toString() });
    // For a client that looks the resource up by its name first.
    const me = { userId: "u", meta: {}, integrations: {}, resources: [{ id: base.resourceId, slug: ODD }] };
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(request.method === "GET" ? me : { status: "VALID" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function runs(language: CodeLanguage, options: { fields: typeof fields; apiUrl: string; exported?: string }): Promise<Received> {
  const { file, command } = RUNTIMES[language]!;
  const { code } = codeExamples({ ...base, ...options }).find((example) => example.language === language)!;
  const [program, ...args] = command(path.join(folder, file));
  await writeFile(path.join(folder, file), code);
  received = [];
  const { PATCHBAY_API_URL: _, ...environment } = process.env;
  const exported = options.exported ? { PATCHBAY_API_URL: options.exported } : {};
  await run(program!, args, { env: { ...environment, ...exported, USER_TOKEN: "a.user.token" } });
  const posts = received.filter(({ method }) => method === "POST");
  expect(posts).toHaveLength(1);
  return posts[0]!;
}

for (const language of Object.keys(RUNTIMES) as CodeLanguage[]) {
  const [program, ...args] = RUNTIMES[language]!.probe;
  const isThere = await run(program!, args).then(
    () => true,
    () => false,
  );
  describe.skipIf(!isThere)(`the ${language} example, run as copied`, () => {
    it("sends every field with exactly the value that stands in it, and the token of USER_TOKEN", async () => {
      const call = await runs(language, { fields, apiUrl: address });
      expect(call).toMatchObject({ method: "POST", url: endpoint, authorization: "Bearer a.user.token", type: "application/json" });
      expect(JSON.parse(call.body)).toEqual({ tenant: ODD, "work-space": "YOUR_WORK_SPACE", access_token: "eyJ..." });
    });

    it("sends an empty object, not a list, for a resource that asks for nothing", async () => {
      expect(JSON.parse((await runs(language, { fields: [], apiUrl: address })).body)).toEqual({});
    });

    it.skipIf(language === "javascript")("calls an exported PATCHBAY_API_URL instead of the printed address", async () => {
      const call = await runs(language, { fields, apiUrl: "http://127.0.0.1:9", exported: `${address}/api` });
      expect(call.url).toBe(`/api${endpoint}`);
    });
  });
}

describe("the examples", () => {
  const examples = codeExamples({ ...base, fields, apiUrl: "http://localhost:3001" });

  it("come in seven languages, the SDK first and the published client last", () => {
    expect(examples.map(({ title }) => title)).toEqual([
      "JavaScript SDK",
      "cURL",
      "TypeScript",
      "Python",
      "Go",
      "Ruby",
      "PHP",
      "Using @useparagon/connect",
    ]);
  });

  it("install our client from the server that they call", () => {
    expect(examples[0]!.code).toMatch(/^\/\/ npm install http:\/\/localhost:3001\/connect\.tgz\n/);
  });

  it("read the token in a page too, where there is no process", async () => {
    const { code } = examples[0]!;
    const line = code.split("\n").find((each) => each.startsWith("const userToken"))!;
    const read = new Function("globalThis", `${line} return userToken;`) as (page: object) => unknown;
    expect(read({ USER_TOKEN: "of the page" })).toBe("of the page");
    expect(read({ process: { env: {} }, USER_TOKEN: "of the page" }), "with a bundler's stand-in for process").toBe("of the page");
    expect(read({ process: { env: { USER_TOKEN: "of the environment" } } })).toBe("of the environment");
  });

  it("name the resource to the published client by its exact name, and re-point all its hosts", () => {
    const { code } = examples.at(-1)!;
    expect(code).toContain(`connectAction(${JSON.stringify(ODD)}, {`);
    expect(code.match(/_PUBLIC_URL: api,/g)).toHaveLength(8);
  });
});

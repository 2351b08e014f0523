import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventExamples, requestExamples } from "./start-examples.ts";

const run = promisify(execFile);
const ODD = `it's "quoted" \\ $HOME \`id\` JSON\nJSON é 漢 <&>`;
const projectId = "b81d0f3e-27c4-4e8f-a6b5-0c9d1e7f4a22";
const workflowId = "3f0c6a52-8d1e-4b7a-9c44-51e0b2a7d913";

let received: { method?: string; url?: string; headers: Record<string, unknown>; body: unknown } | null = null;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  received = { method: request.method, url: request.url, headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
  response.end("{}");
});
let apiUrl = "";
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "start-examples-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const runCurl = async (code: string) => {
  const file = path.join(folder, "start.sh");
  await writeFile(file, code);
  await run("sh", [file], { env: { ...process.env, PATCHBAY_API_URL: "", USER_TOKEN: "token" } });
  return received;
};
const codeIn = (language: string, examples: { language: string; code: string }[]) =>
  examples.find((one) => one.language === language)!.code;

test("the cURL of an App Event sends its example, whatever stands in it", async () => {
  const payload = { title: ODD, list: [1, null] };
  const sent = await runCurl(codeIn("curl", eventExamples({ projectId, apiUrl, name: "task.completed", payload })));
  expect(sent).toMatchObject({
    method: "POST",
    url: `/projects/${projectId}/sdk/events/trigger`,
    body: { name: "task.completed", payload },
  });
  expect(sent?.headers).toMatchObject({ authorization: "Bearer token", "content-type": "application/json" });
});

test("the cURL of a Request carries body, query and headers", async () => {
  const input = { projectId, apiUrl, workflowId, body: { text: ODD }, query: { q: `a "b" & $c` }, headers: { "x-tenant": `n"o$rth` } };
  const sent = await runCurl(codeIn("curl", requestExamples(input)));
  expect(new URL(sent!.url!, apiUrl).searchParams.get("q")).toBe(input.query.q);
  expect(sent).toMatchObject({ body: input.body, headers: { "x-tenant": input.headers["x-tenant"] } });
});

test.each(["javascript", "published-client"])("the call by %s is JavaScript that names the workflow and what it asks for", (language) => {
  const code = codeIn(language, requestExamples({ projectId, apiUrl, workflowId, body: { text: ODD }, query: { q: "1" }, headers: {} }));
  const call = code.slice(code.indexOf(".workflow(") + 1, code.indexOf(";\nconsole"));
  const [id, asked] = new Function("workflow", `return ${call}`)((...values: unknown[]) => values) as [string, unknown];
  expect([id, asked]).toEqual([workflowId, { body: { text: ODD }, query: { q: "1" } }]);
});

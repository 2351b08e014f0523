import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { servePages } from "./fixtures/serve-pages.ts";
import { DEMO, drafts } from "./fixtures/tasklab.ts";

const CLIENT = path.resolve(import.meta.dirname, "../node_modules/@useparagon/connect/dist/src/index.js");

/** A customer's app: one page at an origin of its own, with the client's file as npm delivers it. */
async function serveCustomer() {
  const client = await readFile(CLIENT, "utf8");
  const wrapped = `window.connectPackage = (() => { const module = { exports: {} }; ${client}\n; return module.exports; })();`;
  const page = '<!doctype html><link rel="icon" href="data:,"><title>Customer</title><script src="/client.js"></script>';
  return servePages({ "/": { type: "text/html", body: page }, "/client.js": { type: "text/javascript", body: wrapped } });
}

test("@useparagon/connect, unmodified, connects a user from a page of another origin", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage,
  browser,
}) => {
  const name = "Client’s TaskLab";
  const id = await seedResource(admin, app, projectId, name, drafts.apiKeys(app.tasklab));

  await signedInPage.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
  await signedInPage.goto(`${app.web}/projects/${projectId}/resources/${id}/code`);
  await signedInPage.getByRole("button", { name: "Copy JavaScript SDK" }).click();
  await expect(signedInPage.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
  const copied = await signedInPage.evaluate(() => navigator.clipboard.readText());
  // What a bundler does to it: resolve the import, fill in the environment. And the user: real values.
  const program = [
    ['import { paragon } from "@useparagon/connect";', "const { paragon } = window.connectPackage;"],
    ["process.env.USER_TOKEN", JSON.stringify(signer.sign({ sub: "of-the-client" }))],
    ["YOUR_USERNAME", DEMO.ada.username],
    ["YOUR_PASSWORD", DEMO.ada.password],
  ].reduce((text, [from, to]) => {
    expect(text).toContain(from!);
    return text.replace(from!, to!);
  }, copied);

  const { origin, close } = await serveCustomer();
  const page = await (await browser.newContext()).newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // The client loads a hidden iframe with its own pages ({CONNECT}/ui). Those are the vendor's; connecting needs none of them.
    const isItsIframe = message.location().url.startsWith(`${app.gateway}/ui`);
    if (message.type() === "error" && !isItsIframe) faults.push(`${message.text()} (${message.location().url})`);
  });
  const calls: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(app.gateway) && request.method() !== "OPTIONS")
      calls.push(`${request.method()} ${new URL(request.url()).pathname.replace(`/projects/${projectId}/sdk`, "")}`);
  });

  await page.goto(origin);
  const answered = await page.evaluate(
    async ([source, resourceName]) => {
      const run = new Function(`return (async () => { ${source}\n return paragon; })()`) as () => Promise<{
        getUser: () => Record<string, unknown>;
        setUserMetadata: (meta: Record<string, unknown>) => Promise<unknown>;
        connectAction: (name: string, values: Record<string, string>) => Promise<unknown>;
        authenticate: (projectId: string, token: string) => Promise<void>;
      }>;
      const paragon = await run();
      const user = paragon.getUser();
      await paragon.setUserMetadata({ name: "Ada", plan: "pro" });
      const after = paragon.getUser();
      const refused = await paragon.connectAction(resourceName!, { tenant: "northgate", username: "ada", password: "wrong" }).then(
        () => "connected",
        (error: Error) => error.message,
      );
      const unknown = await paragon.connectAction("No such resource", {}).then(
        () => "connected",
        (error: Error) => error.message,
      );
      return { user, after, refused, unknown };
    },
    [program, name] as const,
  );
  close();

  expect(answered.user).toMatchObject({ authenticated: true, userId: "of-the-client" });
  // The client itself writes a capital: Name.
  expect(answered.after).toMatchObject({ meta: { Name: "Ada", plan: "pro" } });
  expect(answered.refused, "a refused connect rejects, with the product's sentence").toContain("401");
  expect(answered.unknown).not.toBe("connected");
  expect(calls).toEqual(expect.arrayContaining(["GET /me", "GET /integrations", `POST /resources/${id}/connect`, "PATCH /me"]));
  // Chromium itself logs the 400 of the connect that was meant to be refused.
  expect(faults.filter((fault) => !fault.includes("400"))).toEqual([]);
  expect(faults.filter((fault) => fault.includes("400"))).toHaveLength(1);

  const sql = openDatabase(app.databaseUrl);
  const [row] =
    await sql`select c.status, c.profile_id as "profileId", u.metadata from credential c join connected_user u on u.id = c.user_id
    where c.resource_id = ${id} and u.external_id = 'of-the-client'`;
  await sql.end();
  expect(row, "the refused reconnect left the credential as it was").toEqual({
    status: "VALID",
    profileId: "ada",
    metadata: { Name: "Ada", plan: "pro" },
  });
});

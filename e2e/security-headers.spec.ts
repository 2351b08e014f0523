import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ADMIN, expect, signIn, test } from "./fixtures/app.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { pressUntil } from "./fixtures/press-until.ts";
import { callAction, listActions } from "./fixtures/run-action.ts";
import { servePages } from "./fixtures/serve-pages.ts";
import { startApp } from "./fixtures/start-app.ts";

const nonceOf = (policy: string): string => /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";

test("every page keeps itself to itself: scripts by a nonce of this answer, no frames, no sniffing", async ({ app, admin, projectId }) => {
  const nonces = new Set<string>();
  const paths = [
    "/sign-in",
    "/projects",
    "/account",
    `/projects/${projectId}/resources`,
    `/projects/${projectId}/settings/sdk-setup`,
    "/no-such-page",
  ];
  for (const each of [...paths, paths[0]!]) {
    const request = each === "/sign-in" ? await fetch(app.web + each) : await admin.get(app.web + each);
    const headers = request instanceof Response ? Object.fromEntries(request.headers) : request.headers();
    const html = await request.text();
    const policy = headers["content-security-policy"] ?? "";
    const directives = Object.fromEntries(policy.split("; ").map((each) => [each.split(" ")[0], each.split(" ").slice(1).join(" ")]));
    expect(directives["script-src"], each).toBe(`'self' 'nonce-${nonceOf(policy)}' 'strict-dynamic'`);
    expect(directives, each).toMatchObject({
      "default-src": "'self'",
      "connect-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
    });
    expect(headers["cross-origin-opener-policy"], each).toBe("same-origin");
    expect(headers["x-content-type-options"], each).toBe("nosniff");
    expect(headers["referrer-policy"], each).toBe("same-origin");
    expect(headers["x-powered-by"], each).toBeUndefined();
    expect(headers["strict-transport-security"], `${each}: over http, HSTS says nothing`).toBeUndefined();
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length, each).toBeGreaterThan(0);
    expect(
      scripts.filter((script) => !script.includes(`nonce="${nonceOf(policy)}"`)),
      each,
    ).toEqual([]);
    expect(nonces.has(nonceOf(policy)), `${each}: a nonce is used once`).toBe(false);
    nonces.add(nonceOf(policy));
  }
});

test("pages run under that policy without a violation, and another origin can't frame them", async ({
  app,
  projectId,
  signedInPage: page,
}) => {
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  for (const each of ["resources", "settings/general", "settings/members", "settings/sdk-setup"]) {
    await page.goto(`${app.web}/projects/${projectId}/${each}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await pressUntil("Control+k", page.getByRole("dialog", { name: "Command palette" }));
  expect(faults).toEqual([]);

  const framing = `<iframe src="/framed"></iframe><iframe src="${app.web}/sign-in"></iframe>`;
  const site = await servePages({ "/": { type: "text/html", body: framing }, "/framed": { type: "text/html", body: "framed" } });
  await page.goto(site.origin);
  const framed = () => page.frames().map((frame) => frame.url());
  await expect
    .poll(framed, "its own page is framed, the dashboard isn't")
    .toEqual([`${site.origin}/`, `${site.origin}/framed`, "chrome-error://chromewebdata/"]);
  site.close();
});

test("the API's own answers are never stored or sniffed, carry a request id, and leave the connection open", async ({ app, projectId }) => {
  for (const base of [app.gateway, `${app.web}/api`]) {
    const response = await fetch(`${base}/projects/${projectId}/sdk/me`);
    expect(response.status).toBe(401);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "www-authenticate": "Bearer",
      // Longer than the 60 s for which a reverse proxy keeps its connections.
      "keep-alive": "timeout=75",
    });
  }
});

test("behind https, HSTS is sent and the session cookie is pinned to this host", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-e2e-https-"));
  await chmod(folder, 0o755);
  const credentials = { email: ADMIN.email, password: ADMIN.password };
  const { stop, web } = await startApp(folder, {
    PATCHBAY_URL: "https://patchbay.example",
    PATCHBAY_EXAMPLE: "off",
    PATCHBAY_ADMIN_EMAIL: credentials.email,
    PATCHBAY_ADMIN_PASSWORD: credentials.password,
  });
  try {
    const page = await fetch(`${web}/sign-in`);
    expect(page.headers.get("strict-transport-security")).toMatch(/max-age=\d{8}/);
    const { id } = listActions({ projectId: crypto.randomUUID() }).find(({ name }) => name === "signInAction")!;
    const answer = await fetch(`${web}/sign-in`, {
      method: "POST",
      headers: {
        "next-action": id,
        "content-type": "text/plain;charset=UTF-8",
        origin: "https://patchbay.example",
        "x-forwarded-host": "patchbay.example",
      },
      body: JSON.stringify([{ ...credentials, next: null }]),
    });
    const cookie = answer.headers.getSetCookie().find((each) => each.includes("patchbay.session"));
    expect(cookie).toMatch(/^__Host-patchbay\.session=.*; Path=\/;.*HttpOnly/i);
    expect(cookie).toMatch(/; Secure/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
  } finally {
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test("signing out ends the session on the server: its cookie is worth nothing afterwards", async ({
  app,
  browser,
  projectId,
  playwright,
}) => {
  const context = await browser.newContext({ baseURL: app.web });
  const page = await context.newPage();
  await signIn(page, ADMIN);
  const stolen = await playwright.request.newContext({ storageState: await context.storageState() });
  const resources = `${app.web}/projects/${projectId}/resources`;
  expect((await stolen.get(resources, { maxRedirects: 0 })).status()).toBe(200);

  await page.getByRole("button", { name: `Account of ${ADMIN.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  const after = await stolen.get(resources, { maxRedirects: 0 });
  expect(after.status()).toBe(307);
  expect(after.headers().location).toContain("/sign-in");
  const create = listActions({ projectId }).find(({ name }) => name === "createResourceAction")!;
  const { result } = await callAction(stolen, app, create, { projectId, name: "By a stolen cookie" });
  expect(result?.error?.code).toBe("unauthenticated");
  await context.close();
});

test("sign-ins are limited alike for people who exist and people who don't", async ({ app, browser, projectId, signedInPage }) => {
  await inviteMember(signedInPage, browser, app, projectId, { role: "Viewer", email: "limited@example.com" });
  const stranger = (await browser.newContext()).request;
  const action = listActions({ projectId }).find(({ name }) => name === "signInAction")!;
  const attempt = async (email: string, password = "not the password at all") => {
    const from = performance.now();
    const { result } = await callAction(stranger, app, action, { email, password, next: null });
    return { code: result?.error?.code, message: result?.error?.message, ms: performance.now() - from };
  };
  const [known, unknown] = [[], []] as Awaited<ReturnType<typeof attempt>>[][];
  for (let n = 0; n < 12; n++) {
    known!.push(await attempt("limited@example.com"));
    unknown!.push(await attempt("nobody-has-this@example.com"));
  }
  const answers = (attempts: typeof known) => attempts!.map(({ code, message }) => ({ code, message }));
  expect(answers(known)).toEqual(answers(unknown));
  expect(known!.map(({ code }) => code)).toEqual([...Array(10).fill("unauthenticated"), ...Array(2).fill("rate_limited")]);
  const median = (attempts: typeof known) =>
    attempts!
      .slice(0, 10)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b)[5]!;
  expect(median(unknown) / median(known), "an unknown account takes as long").toBeGreaterThan(0.5);
  expect((await attempt("limited@example.com", "correct horse battery staple")).code, "the limit holds for the right password").toBe(
    "rate_limited",
  );
});

test("the setup link works once", async ({ app, admin: _, projectId, page }) => {
  expect(app.setupLink).toContain("/setup?token=");
  await page.goto(app.setupLink);
  await expect(page.getByRole("heading", { name: "This link doesn’t work" })).toBeVisible();
  const action = listActions({ projectId }).find(({ name }) => name === "setUpAction")!;
  const token = new URL(app.setupLink).searchParams.get("token");
  const again = { token, name: "Eve", email: "eve@example.com", password: ADMIN.password, projectName: "Eve's" };
  const { result } = await callAction(page.request, app, action, again);
  expect(result?.error).toMatchObject({ code: "conflict", message: expect.stringContaining("This setup link was used already") });
});

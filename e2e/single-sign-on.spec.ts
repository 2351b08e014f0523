import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { ADMIN, expect, signIn, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { startIdentityProvider } from "./fixtures/identity-provider.ts";
import { runAction } from "./fixtures/run-action.ts";
import { startApp } from "./fixtures/start-app.ts";

const PEOPLE = {
  mara: { email: "mara@corvid.example", email_verified: true, name: "Mara Lindqvist" },
  stranger: { email: "stranger@elsewhere.example", email_verified: true, name: "Stranger" },
  impostor: { email: ADMIN.email, email_verified: false, name: "Ada Admin" },
};

const isSignedIn = async (context: BrowserContext, web: string) => (await context.request.get(`${web}/account`, { maxRedirects: 0 })).ok();

const expectRefusal = (page: Page, sentence: string) => expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();

/** Through the provider's own pages. */
async function nameAs(page: Page, login: keyof typeof PEOPLE): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("whatever");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

/** One Patchbay for all of it: it takes the most of the time. */
test("by single sign-on those come in who are members or invited, with an email that the provider has verified", async ({ browser }) => {
  test.setTimeout(120_000);
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-e2e-oidc-"));
  await chmod(folder, 0o755);
  const provider = await startIdentityProvider(PEOPLE);
  const { app, stop } = await startApp(folder, {
    PATCHBAY_EXAMPLE: "off",
    PATCHBAY_ADMIN_EMAIL: ADMIN.email,
    PATCHBAY_ADMIN_PASSWORD: ADMIN.password,
    ...provider.variables,
  });
  const sql = openDatabase(app.databaseUrl);
  const newPage = async () => await (await browser.newContext({ baseURL: app.web })).newPage();
  const begin = async (page: Page) => {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with single sign-on" }).click();
  };
  try {
    provider.redirectTo(`${app.web}/api/auth/callback/oidc`);
    const admin = await newPage();
    await signIn(admin, ADMIN);
    const [project] = await sql<[{ id: string }]>`select id from project`;
    const invite = (email: string) =>
      runAction<{ url: string }>(admin.request, { ...app, folder, setupLink: "" }, "inviteAction", {
        ...{ projectId: project.id, role: "editor", email },
      });

    // Somebody invited, without an account: the provider's word makes one, without a password.
    const mara = await newPage();
    const { url: link } = await invite(PEOPLE.mara.email);
    await mara.goto(link);
    await mara.getByRole("button", { name: "Join with single sign-on" }).click();
    await nameAs(mara, "mara");
    await expect(mara).toHaveURL(new RegExp(`/projects/${project.id}`));
    await expect(mara.getByRole("heading", { level: 1 })).toBeVisible();
    expect(
      await sql`
      select m.name, m.password_hash, p.role from member m join project_member p on p.member_id = m.id where m.email = ${PEOPLE.mara.email}`,
    ).toEqual([{ name: "Mara Lindqvist", password_hash: null, role: "editor" }]);

    // Signing out ends the session on the server.
    const kept = await browser.newContext({ storageState: await mara.context().storageState() });
    expect(await isSignedIn(kept, app.web)).toBe(true);
    await mara.getByRole("button", { name: "Account of Mara Lindqvist" }).click();
    await mara.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(mara.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(await isSignedIn(kept, app.web), "the cookie from before is worth nothing").toBe(false);

    // A member comes in by the sign-in page. The provider still knows her.
    await begin(mara);
    await expect(mara).toHaveURL(new RegExp(`/projects/${project.id}`));

    // Nobody's, and one that anybody could have written.
    const refusals = [
      ["stranger", "No member has this email. Ask an admin to invite you first"],
      ["impostor", "Your identity provider doesn’t say that it has verified your email"],
    ] as const;
    const guest = await newPage();
    for (const [who, sentence] of refusals) {
      await guest.context().clearCookies();
      await begin(guest);
      await nameAs(guest, who);
      await expectRefusal(guest, sentence);
      expect(await isSignedIn(guest.context(), app.web)).toBe(false);
      // An invitation of somebody else's doesn't help.
      await guest.goto((await invite("joon@corvid.example")).url);
      await guest.getByRole("button", { name: "Join with single sign-on" }).click();
      await expectRefusal(guest, who === "stranger" ? "The invitation is for another email" : sentence);
      expect(await isSignedIn(guest.context(), app.web)).toBe(false);
    }
    expect(await sql`select email from member order by email`).toEqual([{ email: ADMIN.email }, { email: PEOPLE.mara.email }]);

    // What comes back from the provider counts once, and in the browser that asked.
    const catchCallback = async () => {
      const page = await newPage();
      const kept = provider.keepNext();
      await begin(page);
      await nameAs(page, "mara");
      return { page, url: await kept };
    };
    const [one, two] = [await catchCallback(), await catchCallback()];
    const altered = new URL(one.url);
    altered.searchParams.set("state", `${altered.searchParams.get("state")}x`);
    const mixed = new URL(one.url);
    mixed.searchParams.set("code", two.url.searchParams.get("code")!);
    const comeBack = async ({ request }: Pick<Page, "request">, url: URL) => {
      const response = await request.get(url.href);
      return { to: new URL(response.url()).pathname, isRefused: (await response.text()).includes("Signing in didn’t work") };
    };
    const refused = { to: "/sign-in", isRefused: true };
    expect(await comeBack(one.page, altered), "another state").toEqual(refused);
    expect(await comeBack(two.page, one.url), "another browser").toEqual(refused);
    expect(await comeBack(one.page, mixed), "the code of another browser").toEqual(refused);
    expect(await comeBack(one.page, one.url), "as it was").toMatchObject({ to: expect.stringContaining(project.id), isRefused: false });
    await one.page.context().clearCookies({ name: "patchbay.session" });
    expect(await comeBack(one.page, one.url), "a second time").toEqual(refused);
    for (const { page } of [one, two]) expect(await isSignedIn(page.context(), app.web)).toBe(false);

    // A provider that is away is said to be, and the log says what was wrong.
    provider.close();
    await begin(guest);
    await expectRefusal(guest, ".");
    const log = await readFile(app.logFile, "utf8");
    expect(log).toContain("single sign-on failed");
    expect(log).not.toContain(one.url.searchParams.get("code")!);
  } finally {
    provider.close();
    await sql.end();
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
});

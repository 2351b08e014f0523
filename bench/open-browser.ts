import { type Browser, chromium } from "@playwright/test";
import { findBrowser } from "#server/start/find-browser.ts";
import { signIn } from "../e2e/fixtures/app.ts";
import { ADMIN, type Product } from "./open-product.ts";

export type SignedInBrowser = {
  browser: Browser;
  state: Awaited<ReturnType<import("@playwright/test").BrowserContext["storageState"]>>;
  cookie: string;
};

/** A Chromium, and the session of the admin who signed in with it. */
export async function openBrowser({ app }: Product): Promise<SignedInBrowser> {
  const { executablePath, args, env } = await findBrowser((line) => console.log(`${line} ...`));
  const browser = await chromium.launch({ executablePath, args, env: { ...(process.env as Record<string, string>), ...env } });
  try {
    const context = await browser.newContext({ baseURL: app.web });
    await signIn(await context.newPage(), ADMIN);
    const state = await context.storageState();
    await context.close();
    return { browser, state, cookie: state.cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

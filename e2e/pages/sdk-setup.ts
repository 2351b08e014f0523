import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import type { RunningApp } from "../fixtures/app.ts";
import { type Signer, signWith } from "../fixtures/user-token.ts";

/** Settings, SDK Setup. */
export class SdkSetup {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(page: Page, app: RunningApp, projectId: string): Promise<SdkSetup> {
    await page.goto(`${app.web}/projects/${projectId}/settings/sdk-setup`);
    return new SdkSetup(page);
  }

  /** Makes a key pair in the browser and keeps the private half that it downloads. */
  async generateKey(): Promise<{ privateKeyPem: string; sign: Signer["sign"] }> {
    const { page } = this;
    await page.getByRole("button", { name: "Generate Signing Key" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Generate", exact: true }).click();
    const keep = page.getByRole("dialog", { name: "Keep the private key" });
    const download = page.waitForEvent("download");
    await keep.getByRole("button", { name: "Download private key" }).click();
    const privateKeyPem = await readFile(await (await download).path(), "utf8");
    await keep.getByRole("button", { name: "Done" }).click();
    await expect(keep).toBeHidden();
    return { privateKeyPem, sign: signWith(privateKeyPem) };
  }

  /** A token of the test-token button, as its copy button gives it. */
  async makeTestToken(sub: string): Promise<string> {
    const { page } = this;
    await page.getByLabel("User id (sub)").fill(sub);
    await page.getByRole("button", { name: "Make token" }).click();
    await page.getByRole("button", { name: "Copy test token" }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  }
}

import { expect, type Locator, type Page } from "@playwright/test";
import type { RunningApp } from "../fixtures/app.ts";

/** TaskLab's front page, where an admin finds every value to paste. Copies by its copy buttons. */
export class TasklabPage {
  readonly page: Page;
  readonly way: Locator;

  private constructor(page: Page, title: string) {
    this.page = page;
    this.way = page.getByRole("tabpanel", { name: title });
  }

  static async open(page: Page, app: RunningApp, title: string): Promise<TasklabPage> {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.tasklab });
    await page.goto(app.tasklab);
    await page.getByRole("tab", { name: title }).click();
    return new TasklabPage(page, title);
  }

  async mint(): Promise<void> {
    await this.way.getByRole("button", { name: "Mint a token pair" }).click();
    await expect(this.way.getByRole("button", { name: "Copy Refresh Token", exact: true })).toBeVisible();
  }

  async copy(label: string): Promise<string> {
    await this.page.evaluate(() => navigator.clipboard.writeText(""));
    await this.way.getByRole("button", { name: `Copy ${label}`, exact: true }).click();
    const read = () => this.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(read, `${label} in the clipboard`).not.toBe("");
    return read();
  }
}

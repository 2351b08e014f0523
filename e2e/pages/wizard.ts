import { expect, type Locator, type Page } from "@playwright/test";
import type { RunningApp } from "../fixtures/app.ts";

export type StepName = "API Info" | "Authorization" | "Request Details" | "Test and Publish";
export type LaneName =
  | "Token call"
  | "API call"
  | "Profile"
  | "First refresh"
  | "First test request"
  | "Second refresh"
  | "Second test request"
  | "Old access token";

const SLUGS: Record<StepName, string> = {
  "API Info": "api-info",
  Authorization: "authorization",
  "Request Details": "request-details",
  "Test and Publish": "test-and-publish",
};

/** The Create Resource wizard by roles and the labels of product.md alone. */
export class Wizard {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** From the Resources page: names the resource and lands on its first step. */
  static async create(page: Page, app: RunningApp, projectId: string, name: string): Promise<Wizard> {
    await page.goto(`${app.web}/projects/${projectId}/resources`);
    await page.getByRole("button", { name: "Create Resource", exact: true }).first().click();
    const dialog = page.getByRole("dialog", { name: "Create Resource" });
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByRole("button", { name: "Create Resource", exact: true }).click();
    const wizard = new Wizard(page);
    await wizard.isAt("API Info");
    return wizard;
  }

  static async open(page: Page, app: RunningApp, projectId: string, resourceId: string, step: StepName): Promise<Wizard> {
    await page.goto(`${app.web}/projects/${projectId}/resources/${resourceId}/setup/${SLUGS[step]}`);
    const wizard = new Wizard(page);
    await wizard.isAt(step);
    return wizard;
  }

  get resourceId(): string {
    return /\/resources\/([0-9a-f-]{36})/.exec(this.page.url())![1]!;
  }

  async isAt(step: StepName): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1, name: step, exact: true })).toBeVisible();
    await expect(this.page).toHaveURL(new RegExp(`/setup/${SLUGS[step]}$`));
  }

  async choose(level: string, authType: string): Promise<void> {
    await this.page.getByRole("radio", { name: level, exact: true }).check();
    await this.page.getByRole("radio", { name: authType, exact: true }).check();
  }

  field(label: string, inside: Page | Locator = this.page): Locator {
    return inside.getByLabel(label, { exact: true });
  }

  async fill(values: Record<string, string>, inside?: Locator): Promise<void> {
    for (const [label, value] of Object.entries(values)) await this.field(label, inside).fill(value);
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async next(to: StepName): Promise<void> {
    await this.button("Next").click();
    await this.isAt(to);
  }

  async goTo(step: StepName): Promise<void> {
    await this.page.getByRole("navigation", { name: "Setup steps" }).getByRole("link", { name: step }).click();
    await this.isAt(step);
  }

  step(name: StepName): Locator {
    return this.page.getByRole("navigation", { name: "Setup steps" }).getByRole("link", { name });
  }

  lane(name: LaneName): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  get result(): Locator {
    return this.page.getByRole("region", { name: "Result" });
  }

  /** Sends and waits for the answer of this very test. */
  async sendTest(): Promise<void> {
    const answered = this.page.waitForResponse((response) => response.url().endsWith("/setup/test"));
    await this.button("Send Test Request").click();
    // Busy from the click to the last line: lanes come one by one.
    await answered;
    await expect(this.button("Send Test Request")).not.toHaveAttribute("aria-busy", "true", { timeout: 40_000 });
  }

  /** Runs the Refresh drill, says yes where it asks, and waits for its end. */
  async drill(): Promise<void> {
    const answered = this.page.waitForResponse((response) => response.url().endsWith("/setup/drill"));
    const start = this.page.getByRole("region", { name: "Refresh drill" }).getByRole("button", { name: "Run refresh drill" });
    await start.click();
    const dialog = this.page.getByRole("dialog", { name: "Run the refresh drill?" });
    await dialog.getByRole("button", { name: "Run refresh drill" }).click();
    await answered;
    await expect(start).not.toHaveAttribute("aria-busy", "true", { timeout: 40_000 });
  }

  /** Forgets the test credentials, and says yes to that. */
  async clearTest(): Promise<void> {
    await this.button("Clear").click();
    await this.page.getByRole("dialog").getByRole("button", { name: "Clear", exact: true }).click();
    await expect(this.page.getByRole("dialog")).toBeHidden();
  }

  async passed(...lanes: LaneName[]): Promise<void> {
    for (const lane of lanes) await expect(this.lane(lane).getByText("Passed", { exact: true })).toBeVisible();
    await expect(this.result).toContainText(`${lanes.length} of ${lanes.length}`);
  }

  async finish(name: string): Promise<void> {
    await this.button("Finish").click();
    await expect(this.page).toHaveURL(new RegExp(`/resources/${this.resourceId}$`));
    await expect(this.page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
  }

  /** Resolves when an autosave (or any other action) that begins from now on has been answered. */
  nextSave(): Promise<unknown> {
    return this.page.waitForResponse((response) => response.request().headers()["next-action"] !== undefined);
  }
}

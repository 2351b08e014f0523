import { defineConfig } from "@playwright/test";
import { type Browser, findBrowser } from "./server/start/find-browser.ts";

// Playwright reads this file again in each worker; the browser is looked for once.
process.env.PATCHBAY_BROWSER ??= JSON.stringify(await findBrowser((line) => console.log(`${line} ...`)));
const { executablePath, args, env } = JSON.parse(process.env.PATCHBAY_BROWSER) as Browser;
const reportFile = process.env.PLAYWRIGHT_JSON_OUTPUT_FILE;

export default defineConfig({
  testDir: "./e2e",
  testMatch: "**/*.spec.ts",
  // One: a browser, a Patchbay and a database fill two cores, and a second set made the whole slower.
  workers: 1,
  // What passes only at its second try is named in the closing lines: a busy machine isn't a defect, and a test that is often named there is one.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ...(reportFile ? [["json", { outputFile: reportFile }] as const] : [])],
  use: {
    browserName: "chromium",
    // Less than a test may take, so that a control that isn't there is named.
    actionTimeout: 15_000,
    viewport: { width: 1440, height: 900 },
    // No trace: recording each test takes a good part of two cores. For a look at one that fails: --trace on.
    launchOptions: { executablePath, args, env: { ...(process.env as Record<string, string>), ...env } },
  },
});

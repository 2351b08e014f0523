import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findBrowser } from "./find-browser.ts";
import { ROOT } from "./places.ts";
import { buildDashboard, planBuild } from "./prepare-build.ts";
import { runNode } from "./run-script.ts";

type Totals = { passed: number; failed: number };

const RESULTS = path.join(ROOT, "test-results");

/**
 * Unit and integration tests, then e2e tests on a built dashboard. Each runner prints its own closing summary; the last line
 * is the sum of what they wrote to their JSON reports, kept in test-results/totals for .ci/run. Arguments go to both runners.
 */
export async function runTests(args: string[], signal: AbortSignal): Promise<number> {
  mkdirSync(RESULTS, { recursive: true });
  const totals = [await runVitest(args, signal)];
  if (!signal.aborted) totals.push(await runPlaywright(args, signal));

  const passed = totals.reduce((sum, each) => sum + each.passed, 0);
  const failed = totals.reduce((sum, each) => sum + each.failed, 0);
  const line = `${passed} passed, ${failed} failed`;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, "totals"), `${line}\n`);
  console.log(`\n${line}`);
  return failed === 0 && passed > 0 && !signal.aborted ? 0 : 1;
}

async function runVitest(args: string[], signal: AbortSignal): Promise<Totals> {
  const report = freshReport("vitest.json");
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const code = await runNode([vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args], signal);
  return readTotals(report, code, (json: { numPassedTests: number; numFailedTests: number }) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests,
  }));
}

async function runPlaywright(args: string[], signal: AbortSignal): Promise<Totals> {
  const build = await planBuild();
  if (build.needed) {
    console.log("Building the dashboard (less than a minute, only after a change) ...");
    await buildDashboard(build.stamp, signal);
  }
  const browser = await findBrowser((line) => console.log(`${line} ...`));
  // Outside test-results, which Playwright empties when it starts.
  const report = freshReport("../node_modules/.cache/playwright.json");
  const playwright = path.join(ROOT, "node_modules/@playwright/test/cli.js");
  const code = await runNode([playwright, "test", ...args], signal, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    PATCHBAY_BROWSER: JSON.stringify(browser),
  });
  return readTotals(report, code, ({ stats }: { stats: { expected: number; flaky: number; unexpected: number } }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
  }));
}

function freshReport(name: string): string {
  const file = path.join(RESULTS, name);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** A runner that fails without a failing test (a file that doesn't load, a setup that throws) still counts as one failure. */
function readTotals<Report>(file: string, code: number, count: (report: Report) => Totals): Totals {
  let totals: Totals = { passed: 0, failed: 0 };
  try {
    totals = count(JSON.parse(readFileSync(file, "utf8")) as Report);
  } catch {
    code = 1;
  }
  return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

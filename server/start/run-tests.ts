import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findBrowser } from "./find-browser.ts";
import { ROOT } from "./places.ts";
import { buildDashboard, planBuild } from "./prepare-build.ts";
import { runNode } from "./run-script.ts";

/** `names`: what failed, or passed only at its second try, as "file › test". */
type Outcome = { passed: number; failed: number; names: string[] };

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
};

type PlaywrightSuite = { suites?: PlaywrightSuite[]; specs?: { title: string; file: string; tests: { status: string }[] }[] };
type PlaywrightReport = PlaywrightSuite & { stats: { expected: number; flaky: number; unexpected: number } };

const SECOND_TRY = "passed at its second try";
const RESULTS = path.join(ROOT, "test-results");

/**
 * Unit and integration tests, then e2e tests on a built dashboard. Each runner prints its own closing summary; the last line
 * is the sum of what they wrote to their JSON reports, kept in test-results/totals for .ci/run, after the names of what failed, which
 * stand far above by then. Arguments go to both runners.
 */
export async function runTests(args: string[], signal: AbortSignal): Promise<number> {
  mkdirSync(RESULTS, { recursive: true });
  const outcomes = [await runVitest(args, signal)];
  if (!signal.aborted) outcomes.push(await runPlaywright(args, signal));

  const passed = outcomes.reduce((sum, each) => sum + each.passed, 0);
  const failed = outcomes.reduce((sum, each) => sum + each.failed, 0);
  const closing = [...outcomes.flatMap(({ names }) => names), `${passed} passed, ${failed} failed`].join("\n");
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, "totals"), `${closing}\n`);
  console.log(`\n${closing}`);
  return failed === 0 && passed > 0 && !signal.aborted ? 0 : 1;
}

/** Files with a test that failed run once more, alone: what passes then is named, as Playwright names what passes at its retry. */
async function runVitest(args: string[], signal: AbortSignal): Promise<Outcome> {
  const first = await runVitestOnce(args, signal);
  if (first.files.length === 0 || signal.aborted) return first;
  const second = await runVitestOnce(first.files, signal);
  const recovered = first.names.filter((name) => !second.names.includes(name));
  return {
    passed: first.passed + recovered.length,
    failed: second.failed,
    names: [...second.names, ...recovered.map((name) => name.replace("failed", SECOND_TRY))],
  };
}

async function runVitestOnce(args: string[], signal: AbortSignal): Promise<Outcome & { files: string[] }> {
  const report = freshReport("vitest.json");
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const code = await runNode([vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args], signal);
  let files: string[] = [];
  const outcome = readOutcome(report, code, ({ numPassedTests, numFailedTests, testResults }: VitestReport) => {
    const broken = testResults.filter(({ status }) => status === "failed");
    files = broken.map(({ name }) => path.relative(ROOT, name));
    return { passed: numPassedTests, failed: numFailedTests, names: broken.flatMap(nameFailed) };
  });
  return { ...outcome, files };
}

/** A file that doesn't load has no tests. */
function nameFailed({ name, assertionResults }: VitestReport["testResults"][number]): string[] {
  const file = `failed: ${path.relative(ROOT, name)}`;
  const tests = assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => `${file} › ${fullName}`);
  return tests.length > 0 ? tests : [file];
}

async function runPlaywright(args: string[], signal: AbortSignal): Promise<Outcome> {
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
  return readOutcome(report, code, (json: PlaywrightReport) => ({
    passed: json.stats.expected + json.stats.flaky,
    failed: json.stats.unexpected,
    names: nameUnexpected(json),
  }));
}

function nameUnexpected({ suites = [], specs = [] }: PlaywrightSuite): string[] {
  const words: Record<string, string> = { unexpected: "failed", flaky: SECOND_TRY };
  const own = specs.flatMap(({ title, file, tests }) =>
    tests.filter(({ status }) => status in words).map(({ status }) => `${words[status]}: e2e/${file} › ${title}`),
  );
  return [...own, ...suites.flatMap(nameUnexpected)];
}

function freshReport(name: string): string {
  const file = path.join(RESULTS, name);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** A runner that fails without a failing test (a file that doesn't load, a setup that throws) still counts as one failure. */
function readOutcome<Report>(file: string, code: number, read: (report: Report) => Outcome): Outcome {
  let outcome: Outcome = { passed: 0, failed: 0, names: [] };
  try {
    outcome = read(JSON.parse(readFileSync(file, "utf8")) as Report);
  } catch {
    code = 1;
  }
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

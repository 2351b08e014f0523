import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { findBrowser } from "./find-browser.ts";
import { ROOT } from "./places.ts";
import { buildDashboard, planBuild } from "./prepare-build.ts";
import { runNode } from "./run-script.ts";

/** `name`: "file › test". `why`: the first lines of its first failure. */
type Failure = { name: string; why: string };
/** `recovered`: what passed only at its second try. */
type Outcome = { passed: number; failed: number; failures: Failure[]; recovered: Failure[] };

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
};

type PlaywrightSuite = { suites?: PlaywrightSuite[]; specs?: PlaywrightSpec[] };
type PlaywrightSpec = { title: string; file: string; tests: { status: string; results: { error?: { message?: string } }[] }[] };
type PlaywrightReport = PlaywrightSuite & { stats: { expected: number; flaky: number; unexpected: number } };

const LINES_OF_FAILURE = 8;
const RESULTS = path.join(ROOT, "test-results");

/**
 * Unit and integration tests, then e2e tests on a built dashboard. Each runner prints its own closing summary; the last line
 * is the sum of what they wrote to their JSON reports, kept in test-results/totals for .ci/run, after what failed and why, which
 * stands far above by then. Arguments go to both runners.
 */
export async function runTests(args: string[], signal: AbortSignal): Promise<number> {
  mkdirSync(RESULTS, { recursive: true });
  const outcomes = [await runVitest(args, signal)];
  if (!signal.aborted) outcomes.push(await runPlaywright(args, signal));

  const passed = outcomes.reduce((sum, each) => sum + each.passed, 0);
  const failed = outcomes.reduce((sum, each) => sum + each.failed, 0);
  const closing = [
    ...outcomes.flatMap(({ failures }) => failures.map((each) => tell("failed", each))),
    ...outcomes.flatMap(({ recovered }) => recovered.map((each) => tell("passed at its second try", each))),
    `${passed} passed, ${failed} failed`,
  ].join("\n");
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
  const failing = new Set(second.failures.map(({ name }) => name));
  const recovered = first.failures.filter(({ name }) => !failing.has(name));
  return { passed: first.passed + recovered.length, failed: second.failed, failures: second.failures, recovered };
}

async function runVitestOnce(args: string[], signal: AbortSignal): Promise<Outcome & { files: string[] }> {
  const report = freshReport("vitest.json");
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const code = await runNode([vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args], signal);
  let files: string[] = [];
  const outcome = readOutcome(report, code, ({ numPassedTests, numFailedTests, testResults }: VitestReport) => {
    const broken = testResults.filter(({ status }) => status === "failed");
    files = broken.map(({ name }) => path.relative(ROOT, name));
    return { passed: numPassedTests, failed: numFailedTests, failures: broken.flatMap(failuresIn), recovered: [] };
  });
  return { ...outcome, files };
}

/** A file that doesn't load has no tests. */
function failuresIn({ name, message, assertionResults }: VitestReport["testResults"][number]): Failure[] {
  const file = path.relative(ROOT, name);
  const failed = assertionResults.filter(({ status }) => status === "failed");
  if (failed.length === 0) return [{ name: file, why: message }];
  return failed.map(({ fullName, failureMessages: [why = ""] }) => ({ name: `${file} › ${fullName}`, why }));
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
    failures: testsWith("unexpected", json),
    recovered: testsWith("flaky", json),
  }));
}

function testsWith(status: "unexpected" | "flaky", { suites = [], specs = [] }: PlaywrightSuite): Failure[] {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter((test) => test.status === status)
      .map(({ results }) => ({ name: `e2e/${file} › ${title}`, why: results.find(({ error }) => error)?.error?.message ?? "" })),
  );
  return [...own, ...suites.flatMap((suite) => testsWith(status, suite))];
}

function tell(how: string, { name, why }: Failure): string {
  const lines = stripVTControlCharacters(why)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at .*(node_modules|<anonymous>)/.test(line))
    .slice(0, LINES_OF_FAILURE);
  return [`${how}: ${name}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

function freshReport(name: string): string {
  const file = path.join(RESULTS, name);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** A runner that fails without a failing test (a file that doesn't load, a setup that throws) still counts as one failure. */
function readOutcome<Report>(file: string, code: number, read: (report: Report) => Outcome): Outcome {
  let outcome: Outcome = { passed: 0, failed: 0, failures: [], recovered: [] };
  try {
    outcome = read(JSON.parse(readFileSync(file, "utf8")) as Report);
  } catch {
    code = 1;
  }
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

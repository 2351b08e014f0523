import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** The import table of the house: a newcomer can rely on what each folder may know. Tests may import anything. */

const ROOT = path.join(import.meta.dirname, "..");
const FOLDERS = ["app", "server", "components", "lib", "db", "e2e", "bench", "examples", "sdk"];

/** Folders of lib, each of which may import those above it. A new one is added here, where it belongs. */
const LIB_ORDER = [
  "template",
  "vault",
  "audit",
  "jobs",
  "bulk",
  "projects",
  "resources",
  "transport",
  "activity",
  "credentials",
  "requests",
  "connections",
  "users",
  "workflows",
  "triggers",
];
/** Files of lib itself: they know nothing but each other. */
const LIB_ROOT = /^lib\/(errors|env|paths|storable)\.ts$/;

/** What components may use of lib beside schemas, templates, errors and paths. A test below proves them browser-safe. */
const PURE_FILES = [
  "lib/activity/redact.ts",
  "lib/activity/words.ts",
  "lib/credentials/means-expired.ts",
  "lib/credentials/token-endpoint.ts",
  "lib/projects/password-length.ts",
  "lib/projects/roles.ts",
  "lib/projects/user-token-claims.ts",
  "lib/projects/verify-user-token.ts",
  "lib/requests/build-request.ts",
  "lib/requests/code-examples.ts",
  "lib/requests/start-examples.ts",
  "lib/resources/host-rule.ts",
  "lib/resources/list-known-variables.ts",
  "lib/resources/list-template-fields.ts",
  "lib/resources/merge-drafts.ts",
  "lib/resources/profile-source.ts",
  "lib/resources/read-definition.ts",
  "lib/resources/resource-status.ts",
  "lib/resources/words.ts",
  "lib/triggers/matches-filter.ts",
  "lib/triggers/verification-presets.ts",
  "lib/triggers/words.ts",
  "lib/users/words.ts",
  "lib/workflows/next-step.ts",
  "lib/workflows/read-schedule.ts",
  "lib/workflows/sample-variables.ts",
  "lib/workflows/step-tree.ts",
  "lib/workflows/trigger-example.ts",
  "lib/workflows/trigger-words.ts",
  "lib/workflows/words.ts",
  "lib/workflows/run-words.ts",
];
const isForComponents = (file: string): boolean =>
  /^lib\/(errors\.ts|paths\.ts|template\/.+|[a-z-]+\/schema\.ts)$/.test(file) || PURE_FILES.includes(file);

/** Known and wanted, each with its reason. */
const EXCEPTIONS: Record<string, string> = {
  "e2e/fixtures/seed-resource.ts → lib/resources/schema.ts": "fills in a draft's defaults, which the save action wants whole",
};

type Import = { from: string; to: string; isType: boolean; isLazy: boolean; text: string };

const sources = FOLDERS.flatMap((folder) => listFiles(folder)).filter((file) => /\.(ts|tsx|mjs|mts)$/.test(file) && !isTest(file));
const imports = sources.flatMap(readImports);

function listFiles(folder: string): string[] {
  try {
    return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
  } catch {
    return [];
  }
}

function isTest(file: string): boolean {
  return /\.(test|spec)\.tsx?$|(^|\/)testing(-setup)?\.ts$/.test(file);
}

function readImports(from: string): Import[] {
  const text = readFileSync(path.join(ROOT, from), "utf8");
  const statements = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s)?([^;"'`]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g,
  );
  return [...statements].map(([, , type, names = "", fixed, dynamic]) => ({
    from,
    to: resolve(from, (fixed ?? dynamic)!),
    isType: Boolean(type) || /^\{\s*(type\s+\w+(\s+as\s+\w+)?\s*,?\s*)+\}\s*from\s+$/.test(names),
    isLazy: dynamic !== undefined,
    text: (fixed ?? dynamic)!,
  }));
}

/** A path from the root, or the name of a package. */
function resolve(from: string, specifier: string): string {
  if (specifier.startsWith("#")) return specifier.slice(1);
  return specifier.startsWith(".") ? path.join(path.dirname(from), specifier) : `package:${specifier}`;
}

const topOf = (file: string): string => file.split("/")[0]!;
const isOurs = ({ to }: Import): boolean => !to.startsWith("package:") && FOLDERS.includes(topOf(to));

/** Why an import may not be; null when it may. */
function judge(it: Import): string | null {
  const { from, to, isType } = it;
  if (to.startsWith("package:")) return judgePackage(from, to.slice("package:".length));
  if (!isOurs(it)) return null;
  switch (topOf(from)) {
    case "app":
      return judgeApp(from, to);
    case "server":
      return topOf(to) === "server" || topOf(to) === "lib" || topOf(to) === "db" || topOf(to) === "examples"
        ? null
        : "server knows lib and db only";
    case "components":
      if (topOf(to) === "components" || isForComponents(to) || (isType && topOf(to) === "lib")) return null;
      return "components know components, schemas and the pure files named here";
    case "lib":
      return judgeLib(from, to, isType);
    case "db":
      if (topOf(to) === "db" || LIB_ROOT.test(to) || (isType && /^lib\/[a-z-]+\/schema\.ts$/.test(to))) return null;
      return "db knows types of schemas only";
    case "bench":
      return null;
    default:
      return topOf(to) === topOf(from) ? null : `${topOf(from)} speaks HTTP and knows nothing of ours`;
  }
}

function judgePackage(from: string, name: string): string | null {
  const isForPages = /^(next|react|react-dom|next-auth)(\/|$)/.test(name);
  if (isForPages && ["lib", "db", "server"].includes(topOf(from))) return `${topOf(from)} knows no ${name}`;
  if (/^(next|next-auth)(\/|$)/.test(name) && topOf(from) === "components" && !/^next\/(link|navigation|dynamic)$/.test(name))
    return "next/* is for app";
  return null;
}

function judgeApp(from: string, to: string): string | null {
  if (to === "server/api/create-api.ts" || ["lib", "components"].includes(topOf(to)) || /^db\/(queries\/|client\.ts$)/.test(to))
    return null;
  if (topOf(to) !== "app") return "app reads by db/queries, and knows server only to mount its API";
  // Another route's files: shared ones stand in a private folder (_gates) or in a route above.
  const isShared = to.startsWith("app/_") || to.includes("/_") || path.dirname(from).startsWith(path.dirname(to));
  return isShared || path.dirname(to) === path.dirname(from) || to.startsWith(`${path.dirname(from)}/`) ? null : "another route's files";
}

function judgeLib(from: string, to: string, isType: boolean): string | null {
  if (topOf(to) === "db") return null;
  if (topOf(to) !== "lib") return "lib knows lib and db only";
  if (LIB_ROOT.test(to)) return null;
  if (LIB_ROOT.test(from)) return "files of lib itself know each other only";
  const [above, here] = [LIB_ORDER.indexOf(to.split("/")[1]!), LIB_ORDER.indexOf(from.split("/")[1]!)];
  if (here < 0 || above < 0) return "not in the order of lib's folders: add it where it belongs";
  // Types of a schema cost nothing at run time, and one thing has one schema.
  if (above > here && !(isType && to.endsWith("/schema.ts"))) return "lib folders know those above them only";
  return null;
}

test("every import is one that the table allows", () => {
  const broken = imports.flatMap((it) => {
    const why = judge(it);
    const line = `${it.from} → ${it.to}`;
    return why && !Object.hasOwn(EXCEPTIONS, line) ? [`${line}: ${why}`] : [];
  });
  expect(broken).toEqual([]);
});

test("the reader of imports sees the imports there are", () => {
  const of = (file: string) => imports.filter(({ from }) => from === file).map(({ to }) => to);
  expect(of("lib/connections/connect-user.ts")).toEqual(
    expect.arrayContaining(["lib/errors.ts", "lib/requests/perform-request.ts", "db/queries/connections.ts"]),
  );
  expect(imports.length).toBeGreaterThan(500);
});

test("the table refuses what it should", () => {
  const refuses = (from: string, to: string, isType = false) =>
    expect(judge({ from, to, isType, isLazy: false, text: to }), `${from} → ${to}`).not.toBeNull();
  refuses("lib/template/x.ts", "lib/resources/schema.ts");
  refuses("lib/resources/x.ts", "lib/connections/connect-user.ts", true);
  refuses("lib/resources/x.ts", "server/gateway.ts");
  refuses("lib/resources/x.ts", "package:next/headers");
  refuses("components/x.tsx", "lib/connections/connect-user.ts");
  refuses("components/x.tsx", "db/client.ts", true);
  refuses("db/x.ts", "lib/resources/schema.ts");
  refuses("server/x.ts", "components/ui/button.tsx");
  refuses("e2e/x.ts", "lib/errors.ts");
  refuses("examples/tasklab/x.ts", "lib/errors.ts");
  refuses("app/(dashboard)/a/page.tsx", "app/(dashboard)/b/actions.ts");
  refuses("app/page.tsx", "server/api/sdk/connect.ts");
});

test("nobody re-exports what another file makes: no barrels, and no utils file", () => {
  const barrels = sources.filter((file) => /^\s*export\s+(\*|\{[^}]*\})\s+from\s/m.test(readFileSync(path.join(ROOT, file), "utf8")));
  const vague = sources.filter((file) => /(^|\/)(utils?|helpers?|common|misc|index)\.(ts|tsx)$/.test(file));
  expect({ barrels, vague }).toEqual({ barrels: [], vague: [] });
});

test("server code runs from source: every import of ours carries its ending, and nothing needs compiling", () => {
  const server = sources.filter((file) => /^(server|lib|db)\//.test(file) && file.endsWith(".ts"));
  const endless = imports
    .filter((it) => server.includes(it.from) && isOurs(it) && !/\.(ts|tsx|mjs|json)$/.test(it.to))
    .map(({ from, to }) => `${from} → ${to}`);
  const { compilerOptions } = JSON.parse(readFileSync(path.join(ROOT, "tsconfig.json"), "utf8")) as {
    compilerOptions: Record<string, unknown>;
  };
  expect({ endless, erasableSyntaxOnly: compilerOptions.erasableSyntaxOnly }).toEqual({ endless: [], erasableSyntaxOnly: true });
});

/** All that a file leads to at run time. */
function reachedFrom(file: string, among: readonly Import[], seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const it of among) if (it.from === file && !it.isType) reachedFrom(it.to, among, seen);
  return seen;
}

test("what components use of lib reaches no database, no environment and no Node module, however far it leads", () => {
  const used = [
    ...new Set(imports.filter((it) => topOf(it.from) === "components" && topOf(it.to) === "lib" && !it.isType).map(({ to }) => to)),
  ];
  const wrong = used.flatMap((file) =>
    [...reachedFrom(file, imports)]
      .filter((to) => /^(db\/|lib\/(env\.ts|vault\/)|package:node:|package:(postgres|drizzle-orm|undici|pino))/.test(to))
      .map((to) => `${file} reaches ${to}`),
  );
  expect(wrong).toEqual([]);
  expect(used.length).toBeGreaterThan(10);
});

test("no page carries the schema library: what components use of it comes when it is first needed", () => {
  const atOnce = imports.filter(({ isLazy }) => !isLazy);
  const carrying = sources.filter((file) => topOf(file) === "components" && reachedFrom(file, atOnce).has("package:zod"));
  expect(carrying).toEqual([]);
});

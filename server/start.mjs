// The first lines of `npm start`, `npm test` and the rest: plain JavaScript without dependencies, for the machine's own
// Node 20.9 or newer. Installs the packages where they are missing, mends what is known to be broken in them (patches/), then
// runs start.ts under the Node 24 that came with them.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const mode = process.argv[2] || "start";

refuseOldNode(20, 9, "Patchbay needs Node 20.9 or newer to start");
if (!isInstalled()) install();
mendPackages();
if (mode !== "install") runUnder(chooseNode());

/** Whether node_modules holds what package-lock.json says; npm writes its own lock file there when it is done. */
function isInstalled() {
  const wanted = readLock("package-lock.json");
  const present = readLock("node_modules/.package-lock.json");
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    // Optional ones are for other systems, as a rule; npm knows which.
    if (path === "" || link || (optional && !present[path])) return true;
    return present[path]?.version === version;
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
  } catch {
    return {};
  }
}

function install() {
  console.log("Installing packages (about half a minute) ...");
  const args = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const [program, first] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { status, error, stdout, stderr } = spawnSync(program, [...first, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status === 0) return;
  if (stdout || stderr) console.error(`${stdout}${stderr}`.trim());
  refuse(
    `The packages could not be installed (${error ? error.message : `npm ci, exit code ${status}`}). Check the network and that ${ROOT} can be written.`,
  );
}

/**
 * Applies patches/ to what npm installed: defects of packages that no release has mended yet. Each says at its top what and why. From
 * within node_modules, so that git takes no repository to be its business.
 */
function mendPackages() {
  const cwd = join(ROOT, "node_modules");
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: ROOT };
  const apply = (...args) => spawnSync("git", ["apply", ...args], { cwd, env, encoding: "utf8" });
  for (const name of readdirSync(join(ROOT, "patches"))) {
    const file = join(ROOT, "patches", name);
    if (apply("--reverse", "--check", file).status === 0) continue;
    const { status, error, stderr } = apply(file);
    if (status === 0) continue;
    refuse(`patches/${name} could not be applied (${error ? error.message : stderr.trim()}). Install git, or run npm ci and start again.`);
  }
}

/** Node 24 from npm where it runs (Linux with glibc), else the machine's own. */
function chooseNode() {
  const own = join(ROOT, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(own) && spawnSync(own, ["--version"]).status === 0) return own;
  refuseOldNode(
    22,
    19,
    `Patchbay brings its own Node on Linux with glibc only; on this system (${process.platform} ${process.arch}) it needs Node 22.19 or newer`,
  );
  return process.execPath;
}

function refuseOldNode(major, minor, sentence) {
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  refuse(`${sentence}, and this is ${process.versions.node}. Install a newer one from https://nodejs.org.`);
}

/** In a session of its own, so that one Ctrl-C is one signal; by the channel it notices when we are gone, however that came. */
function runUnder(node) {
  const child = spawn(node, [join(ROOT, "server/start.ts"), mode, ...process.argv.slice(3)], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH || ""}`, NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/node") },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => refuse(`${node} could not be run: ${error.message}.`));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : code));
  if (process.env.npm_lifecycle_event) followParent();
}

/** npm can be killed without a word to us: then we have another parent. */
function followParent() {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}

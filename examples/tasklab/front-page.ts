import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Answer } from "./answer.ts";
import { BASIC_USERS, CLIENTS, TENANTS } from "./demo-values.ts";
import { type Field, INCLUDE, listWays, type Step, type Way } from "./front-page-ways.ts";
import { appliesTo, formatSwitch, type Side, SWITCHES, type Switch, type SwitchName } from "./switches.ts";

const STYLE = ["./tokens.css", "./front-page.css"].map(readBeside).join("\n");
const SCRIPT = readBeside("./front-page-script.js");
const FONTS: Record<string, string> = {
  "geist.woff2": "geist-sans/Geist-Variable.woff2",
  "geist-mono.woff2": "geist-mono/GeistMono-Variable.woff2",
};

/** The page that says what TaskLab is and gives every value to paste. Works without its script, but for minting, tabs and switches. */
export function renderFrontPage(host: string, state: { global: Record<Side, Switch[]>; lifetime: number }): Answer {
  // The Host header is the caller's: anything but a plain host and port is not repeated.
  const origin = `http://${/^[A-Za-z0-9.-]+(:\d+)?$|^\[::1\](:\d+)?$/.test(host) ? host : "localhost:3002"}`;
  const nonce = randomBytes(16).toString("base64url");
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; font-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
    body: renderPage(origin, nonce, state),
  };
}

/** Geist from its npm package; the page falls back to system faces where it isn't installed. */
export async function readFont(name: string): Promise<Answer | null> {
  if (!Object.hasOwn(FONTS, name)) return null;
  try {
    const body = await readFile(new URL(`../../node_modules/geist/dist/fonts/${FONTS[name]}`, import.meta.url));
    return { status: 200, headers: { "content-type": "font/woff2", "cache-control": "max-age=86400" }, body };
  } catch {
    return null;
  }
}

function renderPage(origin: string, nonce: string, state: { global: Record<Side, Switch[]>; lifetime: number }): string {
  const ways = listWays(origin);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TaskLab, an example API to try Patchbay with</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(FAVICON)}">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the values</a>
<header class="top"><span class="logo">${MARK}TaskLab</span><span class="tag">Example API</span><nav class="push" aria-label="Also here"><a href="/_log">Log</a><a href="/.well-known/openid-configuration">Discovery</a></nav></header>
<main id="main">
<h1>TaskLab, an example API to try Patchbay with</h1>
<p class="lead">A small task list behind a real OAuth 2.0 server, API keys and passwords. Choose a way in, then copy each value into the field of the same name in Create Resource.</p>
<div class="tabs" role="tablist" aria-label="Ways in">${ways.map(renderTab).join("")}</div>
${ways.map(renderWay).join("\n")}
<div class="pair">
${renderEndpoints(origin)}
${renderAccounts()}
</div>
${renderSwitches(origin, state.global)}
</main>
<footer>Listens on this machine only. Access tokens live for ${state.lifetime} s, refresh tokens for 14 days; everything is forgotten when TaskLab ends.</footer>
<div class="sr" role="status" id="said"></div>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>`;
}

function renderTab({ id, title }: Way, index: number): string {
  return `<button type="button" role="tab" id="tab-${id}" aria-controls="way-${id}" aria-selected="${index === 0}">${escapeHtml(title)}</button>`;
}

function renderWay(way: Way): string {
  return `<section class="way" id="way-${way.id}" role="tabpanel" aria-labelledby="tab-${way.id}">
<h2 class="sr">${escapeHtml(way.title)}</h2>
<p class="about">${escapeHtml(way.about)}</p>
<ol class="steps">${way.steps.map(renderStep).join("")}</ol>
</section>`;
}

function renderStep(step: Step): string {
  return `<li class="step"><div class="card"><h3 class="card-head">${escapeHtml(step.title)}</h3>
${step.part === "clients" ? renderClients() : ""}${step.part === "mint" ? MINT : ""}
<dl class="fields">${step.fields.map(renderField).join("")}</dl>
${step.note ? `<p class="note">${escapeHtml(step.note)}</p>` : ""}</div></li>`;
}

function renderField({ label, value, slot, choice }: Field): string {
  const marks = slot ? ` data-slot="${slot}"` : "";
  const shown = value === "" ? `<span class="none">Mint a token pair first</span>` : escapeHtml(value);
  const copy = choice ? "" : renderCopy(label, value === "");
  return `<div${choice ? ' class="choice"' : ""}><dt>${escapeHtml(label)}</dt><dd><code${marks}>${shown}</code>${copy}</dd></div>`;
}

function renderCopy(label: string, hidden = false): string {
  return `<button type="button" class="btn icon copy" aria-label="Copy ${escapeHtml(label)}" title="Copy"${hidden ? " hidden" : ""}>${ICON_COPY}${ICON_TICK}</button>`;
}

function renderClients(): string {
  const clients = CLIENTS.filter((client) => client.grant === "refresh_token");
  const how = { client_secret_basic: "HTTP Basic header", client_secret_post: "in the body", none: "public, no secret" };
  return `<fieldset class="clients"><legend>Client</legend>${clients
    .map(
      ({ id, secret, authentication, jwt }, index) =>
        `<label><input type="radio" name="client" value="${id}" data-secret="${secret ?? ""}" data-include="${INCLUDE[authentication]}"${index === 0 ? " checked" : ""}><span><code>${id}</code> <small>${how[authentication]}${jwt ? ", JWT access tokens" : ""}</small></span></label>`,
    )
    .join("")}</fieldset>`;
}

const MINT = `<div class="mint"><button type="button" class="btn primary" id="mint">Mint a token pair</button>
<p>As if a new user had just signed in. <strong>This refresh token works once:</strong> the answer to its use holds the next one, and using it again ends both.</p></div>`;

function renderEndpoints(origin: string): string {
  const rows = [
    ["GET", "/me", "id, email, name"],
    ["GET", "/tasks", "?status=open|done&limit="],
    ["POST", "/tasks", '{"title": "..."}'],
    ["PATCH", "/tasks/{id}", "title, status, assignee"],
    ["DELETE", "/tasks/{id}", "204, nothing in it"],
    ["GET", "/tasks.csv", "all tasks as text"],
    ["GET", "/changes", "events one after another, ?count=5&every=200"],
    ["ANY", "/echo", "the request as it arrived"],
  ];
  return `<section class="card"><h2 class="card-head">What the API has</h2><ul class="calls">${rows
    .map(([method, path, about]) => `<li><span class="verb">${method}</span><code>${path}</code><span>${escapeHtml(about!)}</span></li>`)
    .join(
      "",
    )}</ul><p class="note">Behind ${escapeHtml(origin)}/{tenant}/ and v3 (access token), key, basic, or open (nothing asked). The tenants are ${TENANTS.join(", ")}.</p></section>`;
}

function renderAccounts(): string {
  return `<section class="card"><h2 class="card-head">More users</h2><dl class="fields">${BASIC_USERS.slice(1)
    .map(({ username, password }) => renderField({ label: username, value: password }))
    .join(
      "",
    )}</dl><p class="note">Usernames with their passwords, for the basic door. For many token pairs: POST /mint with {"count": 200}, or with a sub of your own.</p></section>`;
}

function renderSwitches(origin: string, global: Record<Side, Switch[]>): string {
  const rows = (Object.keys(SWITCHES) as SwitchName[]).map((name) => {
    const info: { what: string; example?: string; work: string } = SWITCHES[name];
    const text = info.example ?? name;
    const toggle = (side: Side, label: string) => {
      if (!appliesTo(name, side)) return "<td></td>";
      const on = global[side].find((candidate) => candidate.name === name);
      return `<td><button type="button" class="toggle" role="switch" aria-checked="${on !== undefined}" aria-label="${name} for ${label}" data-side="${side}" data-switch="${escapeHtml(on ? formatSwitch(on) : text)}"></button></td>`;
    };
    return `<tr><th scope="row"><code>${escapeHtml(text)}</code></th><td class="what">${escapeHtml(info.what)}</td>${toggle("api", "API calls")}${toggle("token", "token calls")}</tr>`;
  });
  return `<section class="card"><h2 class="card-head">Make it misbehave</h2>
<p class="about">For one URL, put the switch in front of the path: <code>${escapeHtml(origin)}/switch/slow=3000/northgate/v3</code>. For one call, send it as the header or query <code>x-tasklab-switch</code>. For everyone, turn it on here.</p>
<table class="switches"><thead><tr><th scope="col">Switch</th><th scope="col">What it does</th><th scope="col">API</th><th scope="col">Token</th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}

const ICON_COPY = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><rect x="8" y="8" width="14" height="14" rx="2"/><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/></svg>`;
const ICON_TICK = `<svg class="i tick" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 6 9 17l-5-5"/></svg>`;
const MARK = `<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><circle class="jack" cx="6" cy="6.5" r="4"/><circle class="jack" cx="18" cy="17.5" r="4"/><path class="cable" d="M6 6.5C6 25 18 -1 18 17.5"/></svg>`;
const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-linecap="round" stroke="#056973" stroke-width="2.4"><circle cx="6" cy="6.5" r="4"/><circle cx="18" cy="17.5" r="4"/><path d="M6 6.5C6 25 18 -1 18 17.5"/></svg>`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function readBeside(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

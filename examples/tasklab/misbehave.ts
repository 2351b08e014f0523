import { gzipSync } from "node:zlib";
import { type Answer, jsonAnswer, refusal } from "./answer.ts";
import { findSwitch, type Side, type Switch, switchNumber } from "./switches.ts";

const BOMB_MEBIBYTES = 50;
let bomb: Buffer | undefined;

const PRIVATE_TARGETS: Record<string, string> = {
  metadata: "http://169.254.169.254/latest/meta-data/",
  ten: "http://10.0.0.1/",
  decimal: "http://2130706433/",
  mapped: "http://[::ffff:169.254.169.254]/latest/meta-data/",
  loopback: "http://127.0.0.1:1/",
};

/** The answer given in place of the call's own work, or null when the work should be done. */
export function answerInstead(
  switches: readonly Switch[],
  call: { side: Side; url: string; host: string; tenant: string | null },
): Answer | null {
  const has = (name: Switch["name"]) => findSwitch(switches, name);

  if (has("rate-limited")) {
    const seconds = switchNumber(switches, "rate-limited")!;
    return refusal(429, "rate_limited", `Too many calls. Try again in ${seconds} s.`, { "retry-after": String(seconds) });
  }
  if (has("status")) {
    const status = switchNumber(switches, "status")!;
    return refusal(status, "switched_status", `The switch "status" asked for ${status}.`);
  }
  if (has("token-error")) {
    const error = has("token-error")?.value ?? "invalid_grant";
    return jsonAnswer(error === "invalid_client" ? 401 : 400, { error, error_description: "The switch token-error asked for this." });
  }
  if (has("redirect-to-private")) {
    const target = PRIVATE_TARGETS[has("redirect-to-private")?.value ?? "metadata"];
    if (!target) return refusal(400, "unknown_switch", `redirect-to-private takes one of ${Object.keys(PRIVATE_TARGETS).join(", ")}.`);
    return redirect(302, target);
  }
  if (has("redirect-loop")) return redirect(302, call.url);
  if (has("redirect-to-other-origin")) {
    const other = call.host.startsWith("localhost") ? "127.0.0.1" : "localhost";
    const port = call.host.match(/:\d+$/)?.[0] ?? "";
    return redirect(307, `http://${other}${port}${call.tenant ? `/${call.tenant}` : ""}/open/echo`);
  }
  if (has("malformed")) {
    return json(
      call.side === "token" ? `{"access_token": "tl_cut", "token_type": "Bea` : `{"data": [{"id": "northgate-1", "title": "Send the`,
    );
  }
  if (has("html")) {
    const body = "<!doctype html><title>TaskLab</title><h1>Down for maintenance</h1><p>Back at 14:00 UTC.";
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
  }
  if (has("empty")) return json("");
  if (has("gzip-bomb")) {
    bomb ??= gzipSync(Buffer.concat([Buffer.from('{"data":"'), Buffer.alloc(BOMB_MEBIBYTES * 1024 * 1024, "0"), Buffer.from('"}')]), {
      level: 9,
    });
    return { status: 200, headers: { "content-type": "application/json", "content-encoding": "gzip" }, body: bomb };
  }
  if (has("big")) return { ...json(""), deliver: { as: "big", mebibytes: switchNumber(switches, "big")! } };
  if (has("drip")) return { ...json(""), deliver: { as: "drip", everyMs: switchNumber(switches, "drip")! } };
  return null;
}

/** Changes a true answer: its content first, then how it travels. */
export function answerAfter(answer: Answer, switches: readonly Switch[], side: Side): Answer {
  const has = (name: Switch["name"]) => findSwitch(switches, name);
  let changed = side === "token" && answer.status === 200 ? changeTokenAnswer(answer, switches) : answer;
  if (has("gzip") && changed.body.length > 0) {
    changed = { ...changed, headers: { ...changed.headers, "content-encoding": "gzip" }, body: gzipSync(changed.body) };
  }
  if (has("close")) changed = { ...changed, deliver: { as: "cut" } };
  return changed;
}

function changeTokenAnswer(answer: Answer, switches: readonly Switch[]): Answer {
  const has = (name: Switch["name"]) => findSwitch(switches, name);
  const token = JSON.parse(answer.body.toString()) as Record<string, unknown>;
  if (has("token-without-access-token")) delete token.access_token;
  if (has("expires-in-string")) token.expires_in = String(token.expires_in);
  if (has("no-expires-in")) delete token.expires_in;
  if (!has("form-answer")) return { ...answer, body: JSON.stringify(token) };

  const fields = Object.entries(token).map(([key, value]) => [key, String(value)]);
  const headers = { ...answer.headers, "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return { ...answer, headers, body: new URLSearchParams(fields).toString() };
}

function redirect(status: number, location: string): Answer {
  return { status, headers: { location, "content-type": "text/plain; charset=utf-8" }, body: `See ${location}` };
}

function json(body: string): Answer {
  return { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body };
}

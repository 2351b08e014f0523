/** An API with all the bad manners of quality.md, Reliability 6, by path; and a good one under /ok. It counts what it sent. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { serveAsks } from "./serve-asks.ts";

const MEBIBYTE = Buffer.alloc(2 ** 20, "x");
const GOOD = JSON.stringify({ data: [{ id: "northgate-1", title: "Send the letter", done: false }] });

type Seen = { calls: number; bytes: number; open: number };
const seen: Record<string, Seen> = {};

const HUGE_MEBIBYTES = 10_240;
const BOMB_MEBIBYTES = 2_048;

/** 2 GiB of letters in 2 MB of gzip: members may follow one another (RFC 1952, section 2.2). */
const member = gzipSync(Buffer.alloc(64 * MEBIBYTE.length, "x"), { level: 9 });
const bomb = Buffer.concat(Array.from({ length: BOMB_MEBIBYTES / 64 }, () => member));

/** Sends 10 GiB of letters as fast as they are taken. */
async function pour(response: ServerResponse, note: Seen): Promise<void> {
  for (let sent = 0; sent < HUGE_MEBIBYTES && !response.destroyed; sent++) {
    note.bytes += MEBIBYTE.length;
    if (!response.write(MEBIBYTE)) await drained(response);
  }
  if (!response.destroyed) response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      response.off("drain", goOn).off("close", goOn);
      resolve();
    };
    response.on("drain", goOn).on("close", goOn);
  });
}

const ways: Record<string, (response: ServerResponse, note: Seen) => void> = {
  ok: (response) => response.writeHead(200, { "content-type": "application/json" }).end(GOOD),
  "rate-limited": (response) =>
    response.writeHead(429, { "content-type": "application/json", "retry-after": "1" }).end(JSON.stringify({ message: "Too many calls." })),
  "server-error": (response) =>
    response.writeHead(503, { "content-type": "application/json" }).end(JSON.stringify({ message: "Down for maintenance." })),
  reset: (response) => response.socket?.resetAndDestroy(),
  cut: (response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-length": 1000 }).write("half");
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  },
  drip: (response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    const timer = setInterval(() => response.write("."), 500);
    response.once("close", () => clearInterval(timer));
  },
  silent: () => {},
  huge: (response, note) => {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    void pour(response, note);
  },
  "huge-json": (response, note) => {
    response.writeHead(200, { "content-type": "application/json" }).write('"');
    void pour(response, note);
  },
  bomb: (response, note) => {
    note.bytes += bomb.length;
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
  },
  "redirect-loop": (response) => response.writeHead(302, { location: "/redirect-loop" }).end("Round and round."),
};

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const way = request.url!.split("/")[1]!.split("?")[0]!;
  seen[way] ??= { calls: 0, bytes: 0, open: 0 };
  const note = seen[way];
  note.calls++;
  note.open++;
  response.once("close", () => {
    note.open--;
  });
  request.resume();
  (ways[way] ?? ways.ok!)(response, note);
});

/** Signed by nobody. */
function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "patchbay-bad-api-"));
  try {
    const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "certificate", ...name], {
      cwd: folder,
      stdio: "pipe",
    });
    return { key: readFileSync(path.join(folder, "key"), "utf8"), cert: readFileSync(path.join(folder, "certificate"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const asks = {
  /** What it saw by path: calls, bytes written, answers still under way. */
  seen: (): Record<string, Seen> => seen,
};
export type BadApiAsks = typeof asks;

const secure = createSecureServer(makeCertificate(), (_request, response) => response.writeHead(200).end(GOOD));
const portOf = (open: { address(): unknown }) => (open.address() as AddressInfo).port;
server.listen(0, "127.0.0.1", () => secure.listen(0, "127.0.0.1", () => serveAsks({ http: portOf(server), https: portOf(secure) }, asks)));

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AppError } from "#lib/errors.ts";

/** Built by `npm start` and `npm run build`; every process runs in the checkout. */
const PACKAGE = "sdk";

let packed: Promise<Uint8Array<ArrayBuffer>> | undefined;

/**
 * GET {base}/connect.tgz: our client as an npm package, so that `npm install <base>/connect.tgz` gives the one that fits this server,
 * and no registry is asked. The same bytes each time: lock files hold their digest.
 */
export async function serveClientPackage(): Promise<Response> {
  packed ??= pack();
  try {
    return new Response(await packed, { headers: { "Content-Type": "application/gzip" } });
  } catch (error) {
    packed = undefined;
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    throw new AppError("not_found", "The client isn't built here. Run `npm run build` in Patchbay's folder.");
  }
}

async function pack(): Promise<Uint8Array<ArrayBuffer>> {
  const built = (await readdir(path.join(PACKAGE, "dist"))).sort().map((name) => `dist/${name}`);
  const names = ["package.json", "LICENSE", "README.md", ...built];
  const files = await Promise.all(names.map(async (name) => tarEntry(`package/${name}`, await readFile(path.join(PACKAGE, name)))));
  return new Uint8Array(await promisify(gzip)(Buffer.concat([...files, Buffer.alloc(1024)])));
}

/** A file in the ustar format (POSIX.1-1988): a header of 512 bytes, then the content in blocks of 512. */
function tarEntry(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.byteLength, 12), 124);
  header.write(octal(0, 12), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.byteLength % 512)) % 512)]);
}

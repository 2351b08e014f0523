import { pipeline, Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib";
import { SendFailure } from "./send-failure.ts";

export const ACCEPT_ENCODING = "gzip, deflate, br, zstd";

const DECODERS: Record<string, (firstByte: number) => Transform> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  br: () => createBrotliDecompress(),
  // RFC 9659: a window above 8 MiB is not for HTTP; without the limit a bomb may ask for 128 MiB.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
  // RFC 9110, section 8.4.1.2: zlib's format, though some servers send it bare.
  deflate: (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()),
};

/** Stacked encodings are rare and each multiplies what a bomb can do. */
const MOST_ENCODINGS = 2;

/** The encodings to undo, or null when the body stays as sent: nothing to undo, or one that isn't known. */
export function knownEncodings(header: string | undefined): string[] | null {
  const names = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  const areKnown = names.every((name) => Object.hasOwn(DECODERS, name));
  return names.length > 0 && names.length <= MOST_ENCODINGS && areKnown ? names : null;
}

/**
 * Reads a body to its end, undoing its encodings, and stops as soon as the *decoded* bytes exceed the limit: 51 kB of
 * gzip can hold 50 MiB. Rejects with `SendFailure` too_large, or the stream's own error.
 */
export async function readBody(body: Readable, encodings: string[] | null, maxBytes: number): Promise<Uint8Array> {
  if (!encodings) return collect(body, maxBytes);
  const decoded = await openDecoded(body, encodings);
  try {
    return await collect(decoded, maxBytes);
  } finally {
    body.destroy();
  }
}

/** The body with its encodings undone, as it comes: nobody holds more of it than the reader is behind. Destroy it to stop. */
export async function openDecoded(body: Readable, encodings: string[]): Promise<Readable> {
  const chunks = body[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return Readable.from([], { objectMode: false });
  const source = Readable.from(prepend(first.value, chunks), { objectMode: false });
  const decoders = encodings.toReversed().map((name) => DECODERS[name]!(first.value[0] ?? 0));
  return pipeline([source, ...decoders], () => void body.destroy()) as unknown as Readable;
}

/** What can be read of a body's first bytes, for people to look at. Empty when nothing can. */
export async function decodeStart(bytes: Uint8Array, encodings: string[] | null, maxBytes: number): Promise<Uint8Array> {
  if (!encodings || bytes.length === 0) return bytes;
  const decoded: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of await openDecoded(Readable.from([bytes], { objectMode: false }), encodings)) {
      decoded.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= maxBytes) break;
    }
  } catch {
    // It ends in the middle, or never was what it said.
  }
  return Buffer.concat(decoded, length).subarray(0, maxBytes);
}

/** By events, since this is every call's path and an async iterator costs a promise a chunk. */
function collect(stream: Readable, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) stream.destroy(SendFailure.tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    stream.on("error", reject);
    stream.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
  });
}

async function* prepend(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

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
  const chunks = body[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return new Uint8Array(0);
  const source = Readable.from(prepend(first.value, chunks), { objectMode: false });
  const decoders = encodings.toReversed().map((name) => DECODERS[name]!(first.value[0] ?? 0));
  const decoded = pipeline([source, ...decoders], () => {}) as unknown as Readable;
  try {
    return await collect(decoded, maxBytes);
  } finally {
    body.destroy();
  }
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

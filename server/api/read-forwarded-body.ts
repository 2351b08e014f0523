import { AppError } from "#lib/errors.ts";
import type { BodyStream } from "#lib/transport/schema.ts";

/** Up to here a body is held, so that it can be sent again (rules.md, Doors 2). */
const HELD_BYTES = 1_048_576;

/** The caller's body: held when it is small, else a stream that can be read once. */
export async function readForwardedBody(request: Request): Promise<Uint8Array | BodyStream | undefined> {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD") return undefined;
  const length = headers.get("content-length");
  if (length === "0" || (length === null && !headers.has("transfer-encoding") && request.body === null)) return undefined;
  try {
    if (length !== null && Number(length) <= HELD_BYTES) {
      const bytes = new Uint8Array(await request.arrayBuffer());
      return bytes.length === 0 ? undefined : bytes;
    }
    return await readStream(request, length === null ? null : Number(length));
  } catch {
    // The caller went away in the middle: nobody's fault here.
    throw new AppError("bad_input", "The body broke off. Send it whole.");
  }
}

async function readStream({ body }: Request, length: number | null): Promise<Uint8Array | BodyStream | undefined> {
  if (!body) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  while (size <= HELD_BYTES) {
    const { done, value } = await reader.read();
    if (done) return size === 0 ? undefined : Buffer.concat(chunks);
    chunks.push(value);
    size += value.byteLength;
  }
  return { chunks: rejoin(chunks, reader), length };
}

async function* rejoin(start: Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let chunk = start.shift(); chunk; chunk = start.shift()) yield chunk;
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * The content type that goes out. The published client says `auto`, and some callers say nothing: JSON when it parses. A body that
 * is streamed is judged by its first character.
 */
export function inferContentType(given: string | null, body: Uint8Array | BodyStream | undefined): string | null {
  if (given !== null && given.trim().toLowerCase() !== "auto") return given;
  if (body === undefined) return null;
  if (!(body instanceof Uint8Array)) return given === null ? null : "application/octet-stream";
  const text = decode(body);
  if (text !== null && isJson(text)) return "application/json";
  if (given === null) return null;
  return text === null ? "application/octet-stream" : "text/plain;charset=UTF-8";
}

function decode(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

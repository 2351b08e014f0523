import { AppError } from "#lib/errors.ts";

/**
 * The request's JSON body, at most `maxBytes`. Refused as soon as it is too large; a body that isn't JSON says where it breaks.
 * `admit` hears its size before it is parsed, and may throw.
 */
export async function readJsonBody(request: Request, maxBytes: number, admit?: (bytes: number) => void): Promise<unknown> {
  const tooLarge = () => new AppError("too_large", `The body is larger than ${maxBytes / 1024} KiB. Send less.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const text = await readText(request, maxBytes, tooLarge).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    // The caller went away in the middle: nobody's fault here.
    throw new AppError("bad_input", "The body broke off. Send it whole.");
  });
  if (text.trim() === "") throw new AppError("bad_input", "The body is empty. Send a JSON object with Content-Type: application/json.");
  admit?.(Buffer.byteLength(text));
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("bad_input", "The body isn't JSON. Send a JSON object, with its strings in double quotes.");
  }
}

async function readText(request: Request, maxBytes: number, tooLarge: () => AppError): Promise<string> {
  // With a length that fits, the body can be taken at once; without one (chunked) it is counted as it comes.
  if (request.headers.has("content-length")) {
    const text = await request.text();
    // Node holds a body to its length; whoever else mounts this router may not.
    if (text.length > maxBytes) throw tooLarge();
    return text;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

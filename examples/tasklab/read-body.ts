import type { IncomingMessage } from "node:http";

/** The whole body, or null when it is larger than the limit. Rejects when the sender goes away in the middle. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** A JSON or form body as an object, or null when it is neither. An empty body is an empty object. */
export function parseObject(body: Buffer, contentType: string | undefined): Record<string, unknown> | null {
  const text = body.toString();
  if (text.trim() === "") return {};
  if (contentType?.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

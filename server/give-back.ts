import { type IncomingMessage, ServerResponse } from "node:http";

/**
 * An answer that gives the memory of each piece back as soon as it is on its way. A stream's pieces are read into 64 KiB of their own
 * each; left to the garbage collector they add up to 64 MiB before it looks, and then it marks the whole heap, several times a second
 * under fast streams: other callers wait for that.
 *
 * Whoever writes piece by piece hands the piece over: it is empty afterwards.
 */
export class GivingResponse extends ServerResponse<IncomingMessage> {
  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const [encoding, callback] = typeof rest[0] === "function" ? [undefined, rest[0]] : rest;
    return super.write(chunk, encoding as BufferEncoding, (error) => {
      if (!error) giveBack(chunk);
      (callback as ((error: Error | null | undefined) => void) | undefined)?.(error);
    });
  }
}

/** Not while something else is in the same memory, as with small buffers, which share theirs. */
function giveBack(chunk: unknown): void {
  if (!(chunk instanceof Uint8Array) || !(chunk.buffer instanceof ArrayBuffer)) return;
  if (chunk.byteLength === chunk.buffer.byteLength && !chunk.buffer.detached) chunk.buffer.transfer(0);
}

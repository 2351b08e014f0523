import { Readable } from "node:stream";

/** What has come of a body so far. The rest, if there is one, waits in the stream, which is paused. */
export type BodyStart = { chunks: Buffer[]; size: number; isWhole: boolean };

/**
 * Reads a body until it ends, has reached `most` bytes, or has more to come: most answers are small and arrive in one piece, and those
 * need no stream. `patient` waits for the end all the same: for those who must see the whole of it, or know that it is short.
 */
export function readStart(body: Readable, { most, patient }: { most: number; patient: boolean }): Promise<BodyStart> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isSettled = false;
    const settle = (isWhole: boolean) => {
      if (isSettled) return;
      isSettled = true;
      if (!isWhole) body.pause();
      body.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      resolve({ chunks, size, isWhole });
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) settle(false);
    };
    const onEnd = () => settle(true);
    const onError = (error: unknown) => {
      if (isSettled) return;
      isSettled = true;
      reject(error);
    };
    const onClose = () => onError(brokenOff());
    body.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
    // What came with the head is there by now: parsed in the same turn as it.
    if (!patient) setImmediate(() => setImmediate(settle, false));
  });
}

/** What was read, and then the rest, as one stream. */
export function rejoin({ chunks, isWhole }: BodyStart, rest: Readable): Readable {
  async function* all() {
    yield* chunks;
    yield* rest;
  }
  return Readable.from(isWhole ? chunks : all(), { objectMode: false });
}

/** Between the client and the API at most this much waits; then the API waits too. */
const MOST_WAITING = 65_536;

export type HandOn = {
  start: Buffer[];
  /** Written before and after, when there is anything between. */
  around?: { prefix: Uint8Array; suffix: Uint8Array };
  onChunk?: (chunk: Uint8Array) => void;
  /** Called once: at the end, with what broke it, or with `null` when the reader went away. */
  onEnd: (error?: unknown) => void;
};

/** The rest of a body as a web stream. Whoever reads slowly slows the API down; whoever goes away ends the call. */
export function handOnBody(body: Readable, { start, around, onChunk, onEnd }: HandOn): ReadableStream<Uint8Array> {
  let isOver = false;
  let isBegun = false;
  const over = (error?: unknown) => {
    if (isOver) return false;
    isOver = true;
    onEnd(error);
    return true;
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (chunk: Buffer) => {
          if (isOver || chunk.length === 0) return;
          if (!isBegun && around) controller.enqueue(around.prefix);
          isBegun = true;
          onChunk?.(chunk);
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) body.pause();
        };
        const fail = (error: unknown) => {
          // Whoever reads it sees that it broke; why is for the log, without the socket's innards.
          if (over(error)) controller.error(new Error("the answer broke off"));
        };
        body.on("data", write);
        body.on("error", fail);
        body.on("close", () => fail(brokenOff()));
        body.on("end", () => {
          if (!over()) return;
          if (isBegun && around) controller.enqueue(around.suffix);
          controller.close();
        });
        for (const chunk of start) write(chunk);
        // It may have broken while nobody listened.
        if (body.destroyed && !body.readableEnded) fail(body.errored ?? brokenOff());
      },
      pull() {
        // In the next turn: however fast a stream comes, what others wait for goes between two of its pieces.
        setImmediate(() => body.resume());
      },
      cancel() {
        over(null);
        body.on("error", () => {}).destroy();
      },
    },
    { highWaterMark: MOST_WAITING, size: (chunk) => chunk.byteLength },
  );
}

const brokenOff = (): Error => Object.assign(new Error("the body broke off"), { code: "ECONNRESET" });

import { decodeStart } from "./decode-body.ts";

export type Kept = { add: (chunk: Uint8Array) => void; read: () => Promise<Uint8Array> };

/** The first bytes of a body that goes elsewhere, for people to look at. */
export function keepStart(encodings: string[] | null, most: number): Kept {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  return {
    add: (chunk) => {
      if (kept >= most) return;
      const part = chunk.subarray(0, most - kept);
      kept += part.length;
      // A copy: what it is part of may be larger, and would stay with it.
      chunks.push(Uint8Array.from(part));
    },
    read: () => decodeStart(Buffer.concat(chunks), encodings, most),
  };
}

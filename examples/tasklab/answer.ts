/** What TaskLab will say to one request. `deliver` is how the bytes travel when a switch asks for something other than all at once. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string | Buffer;
  /** Milliseconds the finished answer is held back. */
  holdMs?: number;
  deliver?:
    | { as: "cut" }
    | { as: "drip"; everyMs: number }
    | { as: "big"; mebibytes: number }
    | { as: "parts"; parts: readonly string[]; everyMs: number };
}

export function jsonAnswer(status: number, value: unknown, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: JSON.stringify(value) };
}

export function refusal(status: number, error: string, message: string, headers: Answer["headers"] = {}): Answer {
  return jsonAnswer(status, { error, message }, headers);
}

export type PatchbayErrorFacts = {
  status: number;
  code: string;
  requestId?: string;
  meta?: Record<string, unknown>;
  response?: unknown;
  cause?: unknown;
};

/** Why a call failed. `message` is for people: Patchbay's own sentences say the fix, an API's are its own. */
export class PatchbayError extends Error {
  override readonly name = "PatchbayError";
  /** Of HTTP; 0 when no answer came. */
  readonly status: number;
  /** Patchbay's (`not_found`, "7003", ...) or what the API put in `code`; `network` when no answer came; else `http_<status>`. */
  readonly code: string;
  /** Find the call by it on the Activity page. */
  readonly requestId?: string;
  /** Facts, such as the upstream status of a refused connect. */
  readonly meta?: Record<string, unknown>;
  /** The body of the answer, parsed where it is JSON. */
  readonly response?: unknown;

  constructor(message: string, { status, code, requestId, meta, response, cause }: PatchbayErrorFacts) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.meta = meta;
    this.response = response;
  }
}

/** The error that an answer other than 2xx stands for. Reads its body. */
export async function toError(answer: Response): Promise<PatchbayError> {
  const response = await readBody(answer);
  const body = (response && typeof response === "object" ? response : {}) as Record<string, unknown>;
  const text = typeof response === "string" ? response : "";
  return new PatchbayError(typeof body.message === "string" ? body.message : text || `It answered ${answer.status}.`, {
    status: answer.status,
    code: typeof body.code === "string" ? body.code : `http_${answer.status}`,
    requestId: answer.headers.get("x-request-id") ?? undefined,
    meta: body.meta as Record<string, unknown> | undefined,
    response,
  });
}

/** Undefined when it is empty; parsed when it says and is JSON; else text. */
export async function readBody(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!text) return;
  try {
    if (answer.headers.get("content-type")?.includes("json")) return JSON.parse(text);
  } catch {}
  return text;
}

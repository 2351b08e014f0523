import type { Frame, FrameAnswer } from "#lib/requests/forward-request.ts";
import { headersToReturn } from "#lib/requests/given-headers.ts";
import { readHeader } from "#lib/transport/own-headers.ts";

const PREFIX = Buffer.from('{"output":');
const SUFFIX = Buffer.from("}");

/** JSON by name; other JSON types (`application/vnd.api+json`) too, since the envelope makes plain JSON of them. */
const IS_JSON = /^(application|text)\/([\w!#$&^.+-]+\+)?json\s*(;|$)/i;
/** ASCII around UTF-16 is neither. */
const IS_UTF8 = /^(?!.*charset=)|charset="?(utf-8|us-ascii)\b/i;

/**
 * How the published client takes answers (api.md): 2xx JSON as `{"output": ...}`; everything else, errors above all, as the API sent it.
 * The envelope changes length, encoding and digest, so those headers go. `raw`: the caller wants it as sent.
 */
export function frameAnswer({ raw }: { raw: boolean }): FrameAnswer {
  return ({ status, headers: sent }): Frame => {
    const headers = headersToReturn(sent);
    const type = readHeader(headers, "content-type") ?? "";
    // Part of a JSON text is none.
    const isWhole = status >= 200 && status < 300 && status !== 206;
    if (raw || !isWhole || !IS_JSON.test(type) || !IS_UTF8.test(type)) return { headers };
    const wrapped = headers.filter(([name]) => !OF_THE_BODY.test(name));
    return { headers, wrap: { headers: [...wrapped, ["content-type", "application/json"]], prefix: PREFIX, suffix: SUFFIX, fits: isJson } };
  };
}

const OF_THE_BODY = /^(content-(type|length|encoding|md5|digest)|repr-digest|digest|etag|accept-ranges)$/i;

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

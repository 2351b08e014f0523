import { TemplateError } from "./template-error.ts";

/** Where a value lands decides how it is written, so that it stays a value there. */
export type LandingPlace = "path" | "query" | "form" | "header" | "text";

/** Stands for a secret in previews. Headers let it pass, although it could not be sent. */
export const MASK = "••••••";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;
const BEYOND_LATIN1 = /[\u0100-\uffff]/;

type Where = { variable?: string; start?: number; end?: number };

export function encodeValue(value: string, place: LandingPlace, where: Where): string {
  switch (place) {
    case "path":
      return percentEncode(value, where);
    case "query":
    case "form":
      return formEncode(value, where);
    case "header":
      assertHeaderValue(value, where);
      return value;
    case "text":
      return value;
  }
}

/** RFC 3986, section 2.3: all but the unreserved characters, so no `/ ? # %` of a value has a meaning. */
export function percentEncode(value: string, where: Where = {}): string {
  try {
    return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    throw new TemplateError("bad_url", `${naming(where)} holds half a character (a lone surrogate) and can't be part of a URL.`, where);
  }
}

/** application/x-www-form-urlencoded: as above, with + for a space. */
export function formEncode(value: string, where: Where = {}): string {
  return percentEncode(value, where).replaceAll("%20", "+");
}

/** RFC 9110, section 5.5. A line break would start another header. */
export function assertHeaderValue(value: string, where: Where = {}): void {
  if (CONTROL.test(value)) {
    const fix = "Remove it from the value; it may have come along when pasting.";
    throw new TemplateError(
      "bad_header",
      `${naming(where)} holds a line break or control character, which no header may have. ${fix}`,
      where,
    );
  }
  if (BEYOND_LATIN1.test(value.replaceAll(MASK, ""))) {
    const fix = "Encode it, with the filter base64 or url_encode.";
    throw new TemplateError("bad_header", `${naming(where)} holds characters that headers can't carry. ${fix}`, where);
  }
}

function naming({ variable }: Where): string {
  return variable ? `The value of ${variable}` : "The value";
}

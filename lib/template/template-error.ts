export type TemplateErrorCode =
  /** The template itself is wrong: the person who wrote it can fix it. */
  | "bad_template"
  | "unknown_variable"
  | "empty_value"
  | "not_text"
  | "filter_failed"
  | "bad_header"
  | "bad_host"
  | "bad_path"
  | "bad_url"
  | "bad_json"
  | "too_large";

type Where = { variable?: string; start?: number; end?: number };

/**
 * Why a template can't be rendered, and what to do. The message names variables, never their values, so that it may be
 * shown, stored and logged. `start` and `end` are offsets in the template, for marking the place.
 */
export class TemplateError extends Error {
  readonly code: TemplateErrorCode;
  readonly variable?: string;
  readonly start?: number;
  readonly end?: number;

  constructor(code: TemplateErrorCode, message: string, where: Where = {}) {
    super(message);
    this.name = "TemplateError";
    this.code = code;
    this.variable = where.variable;
    this.start = where.start;
    this.end = where.end;
  }
}

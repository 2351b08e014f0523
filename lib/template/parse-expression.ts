import { closest } from "./closest.ts";

/** How many arguments each filter takes. What isn't listed here doesn't exist. */
export const FILTERS = {
  base64: { least: 0, most: 0 },
  base64url: { least: 0, most: 0 },
  url_encode: { least: 0, most: 0 },
  /** Optional: "hex" (default), "base64" or "base64url". */
  sha256: { least: 0, most: 1 },
  /** The key, then optionally the encoding as for sha256. */
  hmac_sha256: { least: 1, most: 2 },
  upper: { least: 0, most: 0 },
  lower: { least: 0, most: 0 },
  json: { least: 0, most: 0 },
  default: { least: 1, most: 1 },
  /** A strftime format; without one, ISO 8601. UTC. */
  date: { least: 0, most: 1 },
} as const;

export type FilterName = keyof typeof FILTERS;
export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];

export type Variable = {
  kind: "variable";
  /** Dotted, such as `inputs.tenant`. */
  name: string;
  path: string[];
  start: number;
  end: number;
};
export type Literal = { kind: "literal"; value: string | number | boolean | null };
export type Operand = Variable | Literal;
export type FilterCall = { name: FilterName; args: Operand[] };
export type Expression = { operand: Operand; filters: FilterCall[] };

/** Thrown by `parseExpression`; offsets are those of the text that was parsed. */
export class ExpressionProblem extends Error {
  readonly start: number;
  readonly end: number;
  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

const SPACE = /\s*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y;
const KEY = /[A-Za-z0-9_-]+/y;
const NUMBER = /-?\d+(?:\.\d+)?(?![\w.])/y;
const STRING = /"([^"]*)"|'([^']*)'/y;
const INDEX = /\[\s*(?:(\d+)|"([^"]*)"|'([^']*)')\s*\]/y;

const CONSTANTS = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["nil", null],
]);

/**
 * Reads what stands between the braces: `operand | filter: argument, argument | ...`, where an operand is a variable, a
 * string, a number, true, false or null. That is the whole language: no ranges, operators, calls or keyword arguments.
 * Strings have no escapes, as in Liquid; to quote one kind of quote, use the other.
 */
export function parseExpression(source: string, offset = 0): Expression {
  let at = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const skipSpace = () => take(SPACE);
  const takeChar = (char: string): boolean => {
    skipSpace();
    if (source[at] !== char) return false;
    at++;
    return true;
  };
  const fail = (message: string, start = at, end = source.length): never => {
    throw new ExpressionProblem(message, offset + start, offset + Math.max(end, start));
  };
  const unexpected = (expected: string): never => {
    const found = source[at];
    if (found === undefined) return fail(`Something is missing here: write ${expected}.`, 0);
    if (found === '"' || found === "'") return fail(`Close the quote: there is no second ${found}.`);
    return fail(`"${found}" can't be used here: write ${expected}. Expressions hold a variable and filters, no logic.`);
  };

  function readVariable(word: string, start: number): Variable {
    const path = [word];
    let name = word;
    for (;;) {
      if (source[at] === ".") {
        at++;
        const key = take(KEY) ?? unexpected("a name after the dot");
        path.push(key[0]);
        name += `.${key[0]}`;
      } else if (source[at] === "[") {
        const index = take(INDEX) ?? unexpected('a number or a quoted name in brackets, such as [0] or ["a name"]');
        const key = index[1] ?? index[2] ?? index[3] ?? "";
        path.push(key);
        name += /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
      } else {
        return { kind: "variable", name, path, start: offset + start, end: offset + at };
      }
    }
  }

  function readOperand(expected: string): Operand {
    skipSpace();
    const start = at;
    const text = take(STRING);
    if (text) return { kind: "literal", value: text[1] ?? text[2] ?? "" };
    const number = take(NUMBER);
    if (number) return { kind: "literal", value: Number(number[0]) };
    const word = take(WORD)?.[0] ?? unexpected(expected)[0];
    const isWhole = source[at] !== "." && source[at] !== "[";
    const constant = isWhole ? CONSTANTS.get(word) : undefined;
    return constant === undefined ? readVariable(word, start) : { kind: "literal", value: constant };
  }

  function readFilter(): FilterCall {
    skipSpace();
    const start = at;
    const name = (take(WORD) ?? unexpected("the name of a filter"))[0];
    const nameEnd = at;
    if (!Object.hasOwn(FILTERS, name)) fail(unknownFilter(name), start, nameEnd);
    const args: Operand[] = [];
    if (takeChar(":")) {
      do args.push(readOperand("a value after the colon"));
      while (takeChar(","));
    }
    const { least, most } = FILTERS[name as FilterName];
    if (args.length < least || args.length > most) fail(wrongCount(name as FilterName), start, at);
    return { name: name as FilterName, args };
  }

  if (source.trim() === "") fail("The expression is empty: name a variable, such as {{inputs.tenant}}.", 0);
  const operand = readOperand("a variable, such as inputs.tenant");
  const filters: FilterCall[] = [];
  while (takeChar("|")) filters.push(readFilter());
  skipSpace();
  if (at < source.length) unexpected("| and a filter, or }}");
  return { operand, filters };
}

function unknownFilter(name: string): string {
  const meant = closest(name, FILTER_NAMES);
  const fix = meant ? `Did you mean "${meant}"?` : `Use one of ${FILTER_NAMES.join(", ")}.`;
  return `There is no filter "${name}". ${fix}`;
}

function wrongCount(name: FilterName): string {
  if (name === "hmac_sha256") return "hmac_sha256 needs a key, such as hmac_sha256: secrets.SIGNING_KEY.";
  if (name === "default") return 'default needs one value, such as default: "eu".';
  return FILTERS[name].most === 0 ? `${name} takes no value: leave out what follows the colon.` : `${name} takes at most one value.`;
}

/**
 * JSON paths (RFC 9535) that can't hold up the process, whoever wrote the path or the document: patterns run in linear time, and one
 * reading has a budget of steps. Over the library's parser, selectors and filters; the walk from segment to segment is ours.
 */
import { FunctionExpressionType, JSONPathEnvironment, type JSONPathQuery, type JSONValue, jsonpath } from "json-p3";
import { findsPattern, fitsPattern, isPattern, patternSize } from "./fits-pattern.ts";

const { JSONPathNode, JSONPathSegment } = jsonpath;
const { FilterQuery, FunctionExtension, InfixExpression, LogicalExpression, PrefixExpression, StringLiteral } = jsonpath.expressions;
const { FilterSelector } = jsonpath.selectors;
type Node = jsonpath.JSONPathNode;
type Expression = jsonpath.expressions.FilterExpression;

/** Each about a node that is looked at: a tenth of a second at most. Few documents of 1 MiB have half as many. */
const STEPS = 200_000;
/** What one `..` below another, and one in a filter, begins again and again. */
const BEGINNING_TO_VISIT = 30;
/** Below it nothing is looked for by `..`: no event is nested so deeply. */
const MOST_DEPTH = 64;

/** Of the reading that is under way: it runs to its end before another begins. */
let left = 0;
class OutOfSteps extends Error {}
const spend = (steps: number): void => {
  left -= steps;
  if (left < 0) throw new OutOfSteps();
};

/** A function whose pattern isn't written out in the path, or isn't RE2. */
export class PatternError extends Error {}

class Environment extends JSONPathEnvironment {
  protected override setupFilterFunctions(): void {
    super.setupFilterFunctions();
    this.functionRegister.set("match", patternFunction(fitsPattern));
    this.functionRegister.set("search", patternFunction(findsPattern));
  }

  override checkWellTypedness(token: jsonpath.Token, args: Expression[]): Expression[] {
    const checked = super.checkWellTypedness(token, args);
    const [, pattern] = checked;
    if (/^(match|search)$/.test(token.value) && !(pattern instanceof StringLiteral && isPattern(pattern.value))) throw new PatternError();
    return checked;
  }
}

const patternFunction = (fits: typeof fitsPattern) => ({
  argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
  returnType: FunctionExpressionType.LogicalType,
  call(value: unknown, pattern: string): boolean {
    if (typeof value !== "string") return false;
    spend(Math.ceil((value.length * (patternSize(pattern) + 64)) / 256));
    return fits(pattern, value);
  },
});

/** Takes the place of the library's, which counts nothing. */
class CountedSegment extends JSONPathSegment {
  readonly #isDescendant: boolean;
  readonly #written: jsonpath.JSONPathSegment;
  /** What one child costs a filter. */
  readonly #weights: number[];

  constructor(written: jsonpath.JSONPathSegment) {
    super(written.environment, written.token, written.selectors);
    this.#written = written;
    this.#isDescendant = written.toString().startsWith("..");
    this.#weights = written.selectors.map((selector) => (selector instanceof FilterSelector ? sizeOf(selector.expression) : 0));
  }

  resolve(nodes: Node[]): Node[] {
    return [...this.lazyResolve(nodes)];
  }

  *lazyResolve(nodes: Iterable<Node>): Generator<Node> {
    for (const node of nodes)
      for (const each of this.#isDescendant ? visit(node) : [node])
        for (const [index, selector] of this.selectors.entries()) {
          const weight = this.#weights[index]!;
          spend(weight > 0 ? 1 + weight * childrenOf(each.value).length : 1);
          yield* selector.lazyResolve(each);
        }
  }

  toString(options?: jsonpath.SerializationOptions): string {
    return this.#written.toString(options);
  }
}

/** A node and all below it, parents first. Locations are told to nobody. */
function* visit({ value, root }: Node): Generator<Node> {
  spend(BEGINNING_TO_VISIT);
  const waiting = [{ value, depth: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, depth } = next;
    spend(1);
    yield new JSONPathNode(value, [], root);
    if (depth < MOST_DEPTH) for (const child of childrenOf(value).toReversed()) waiting.push({ value: child, depth: depth + 1 });
  }
}

const childrenOf = (value: JSONValue): JSONValue[] =>
  Array.isArray(value) ? value : typeof value === "object" && value !== null ? Object.values(value) : [];

/** The expressions that an expression is made of, itself among them. */
function partsOf(expression: Expression): Expression[] {
  const parts =
    expression instanceof InfixExpression
      ? [expression.left, expression.right]
      : expression instanceof LogicalExpression
        ? [expression.expression]
        : expression instanceof PrefixExpression
          ? [expression.right]
          : expression instanceof FunctionExtension
            ? expression.args
            : [];
  return [expression, ...parts.flatMap(partsOf)];
}
const sizeOf = (expression: Expression): number => partsOf(expression).length;

function count({ segments }: JSONPathQuery): void {
  for (const { selectors } of segments)
    for (const selector of selectors)
      if (selector instanceof FilterSelector)
        for (const part of partsOf(selector.expression)) if (part instanceof FilterQuery) count(part.path);
  segments.splice(0, segments.length, ...segments.map((segment) => new CountedSegment(segment)));
}

const environment = new Environment();

/** Throws where the path isn't one, `PatternError` where it is one of its patterns. */
export function compileJsonPath(path: string): JSONPathQuery {
  const query = environment.compile(path);
  count(query);
  return query;
}

/** The first value; undefined where there is none, or none was found within the budget. */
export function firstValue(query: JSONPathQuery, value: unknown): unknown {
  left = STEPS;
  try {
    return query.match(value as JSONValue)?.value;
  } catch (error) {
    // Comparing goes down by recursion, and a document may be nested without end.
    if (error instanceof OutOfSteps || error instanceof RangeError) return undefined;
    throw error;
  }
}

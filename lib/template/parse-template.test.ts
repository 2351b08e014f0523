import fc from "fast-check";
import { expect, test } from "vitest";
import { closest } from "./closest.ts";
import { listVariables, parseTemplate } from "./parse-template.ts";
import { findUnknownVariables, isSecret, type VariableCatalog } from "./variables.ts";

const problem = (text: string) => parseTemplate(text).find((part) => part.kind === "problem")?.message;

test("a template is text and expressions, with their places", () => {
  expect(parseTemplate('Bearer {{ credentials.access_token | default: "x" }}!')).toMatchObject([
    { kind: "text", text: "Bearer ", start: 0, end: 7 },
    { kind: "expression", variable: "credentials.access_token", filters: [{ name: "default" }], start: 7, end: 52 },
    { kind: "text", text: "!", start: 52, end: 53 },
  ]);
});

test("parts cover the text without gaps, whatever was typed", () => {
  const pieces = fc.array(
    fc.constantFrom("{{", "}}", "{%", "%}", '"', "'", "|", ":", ",", ".", "[", "]", "a", "inputs.x", "upper", "\\", " ", "\n", "{", "}"),
  );
  fc.assert(
    fc.property(pieces, fc.constantFrom("text" as const, "json" as const), (typed, format) => {
      const text = typed.join("");
      let at = 0;
      for (const part of parseTemplate(text, format)) {
        expect(part.start).toBe(at);
        expect(part.end).toBeGreaterThan(part.start);
        at = part.end;
      }
      expect(at).toBe(text.length);
    }),
    { numRuns: 2_000 },
  );
});

test("parsing takes linear time", () => {
  const started = performance.now();
  for (const format of ["text", "json"] as const) {
    for (const unit of ["{{", "{{'", "{{ a", "{%", '{{"', "{{a}} ", '"{{', "{{a|", '\\"{', "{{a'\""])
      parseTemplate(unit.repeat(100_000 / unit.length), format);
  }
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("braces in quotes don't end an expression", () => {
  expect(parseTemplate(`{{ "}}" }}`)).toMatchObject([{ kind: "expression", operand: { value: "}}" }, end: 10 }]);
});

test.each([
  ["{{ inputs.a", "isn't closed"],
  ["{{ inputs.a {{ inputs.b }}", "isn't closed"],
  ["{{ }}", "is empty"],
  ["{% if a %}x{% endif %}", "Tags such as"],
  ["{{ a | uper }}", 'Did you mean "upper"?'],
  ["{{ a | join }}", 'There is no filter "join"'],
  ["{{ a | constructor }}", 'There is no filter "constructor"'],
  ["{{ (1..1e9) | join }}", '"(" can\'t be used here'],
  ["{{ a == b }}", '"=" can\'t be used here'],
  ["{{ a or b }}", '"o" can\'t be used here'],
  ["{{- a -}}", '"-" can\'t be used here'],
  ["{{ a[b] }}", "a number or a quoted name in brackets"],
  ["{{ a | default }}", "default needs one value"],
  ['{{ a | default: "x", allow_false: true }}', "default needs one value"],
  ["{{ a | upper: 1 }}", "takes no value"],
  ["{{ a | hmac_sha256 }}", "needs a key"],
  ['{{ a | default: "x }}', "Close the quote"],
])("%s is marked as a problem", (text, message) => {
  expect(problem(text)).toContain(message);
});

test("text with single braces stays text", () => {
  expect(parseTemplate('{"a": {"b": {"c": 1}}}')).toEqual([{ kind: "text", text: '{"a": {"b": {"c": 1}}}', start: 0, end: 22 }]);
});

test("filter arguments count as variables", () => {
  expect(listVariables("{{ inputs.a | hmac_sha256: secrets.KEY | default: inputs.b }} {{ inputs.a }}")).toEqual([
    "inputs.a",
    "secrets.KEY",
    "inputs.b",
  ]);
});

test("variables may be reached by index and by quoted name", () => {
  expect(listVariables('{{ steps.list.items[0]["full name"].x }}')).toEqual(['steps.list.items.0["full name"].x']);
});

test("in JSON only string values are templates, at their places in the document", () => {
  const document = '{"key": "é \\"q\\" {{ inputs.a | default: \\"b\\" }}", "n": 12}';
  const expression = parseTemplate(document, "json").find((part) => part.kind === "expression");
  expect(expression).toMatchObject({ variable: "inputs.a", filters: [{ args: [{ value: "b" }] }] });
  expect(document.slice(expression!.start, expression!.end)).toBe('{{ inputs.a | default: \\"b\\" }}');
});

test.each([
  ['{"n": {{ inputs.n }} }', "Put the expression in quotes"],
  ['{"{{ inputs.n }}": 1}', "can't be part of a key"],
])("in JSON, %s is marked", (text, message) => {
  expect(parseTemplate(text, "json").find((part) => part.kind === "problem")).toMatchObject({ message: expect.stringContaining(message) });
});

const catalog: VariableCatalog = [
  { name: "inputs.tenant", secret: false },
  { name: "credentials.access_token", secret: true },
  { name: "user.metadata", secret: false, open: true },
];

test("unknown variables are found, with what was probably meant", () => {
  expect(findUnknownVariables("{{inputs.tennant}} {{inputs.region}} {{user.metadata.plan}} {{inputs.tenant.x}}", catalog)).toMatchObject([
    {
      variable: "inputs.tennant",
      start: 2,
      end: 16,
      suggestion: "inputs.tenant",
      fix: expect.stringContaining("Did you mean inputs.tenant?"),
    },
    { variable: "inputs.region", fix: "Add Required Input `region`." },
    { variable: "inputs.tenant.x" },
  ]);
});

test("what was meant is told by the name alone: a source that all of them share makes none of them alike", () => {
  const secrets = ["secrets.S_fb7d3a8b5122", "secrets.STRIPE_KEY"].map((name) => ({ name, secret: true }));
  const meant = (text: string) => findUnknownVariables(text, secrets).map(({ suggestion }) => suggestion);
  expect(meant("{{secrets.S_c4393a8d5f82}} {{secrets.STRIPE_KY}} {{secret.STRIPE_KEY}}")).toEqual([
    undefined,
    "secrets.STRIPE_KEY",
    "secrets.STRIPE_KEY",
  ]);
});

test("what isn't known is treated as secret", () => {
  expect(isSecret("credentials.access_token", catalog)).toBe(true);
  expect(isSecret("user.metadata.plan", catalog)).toBe(false);
  expect(isSecret("user.metadatax", catalog)).toBe(true);
});

test("the closest word is found across a swap, and none when nothing is near", () => {
  expect(closest("tokne", ["username", "token"])).toBe("token");
  expect(closest("ACCESS_TOKEN", ["access_token"])).toBe("access_token");
  expect(closest("password", ["region", "tenant"])).toBeUndefined();
});

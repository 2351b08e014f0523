import { query } from "json-p3";
import { describe, expect, test } from "vitest";
import { findJsonPathProblem, readJsonPath } from "./read-json-path.ts";

const document = {
  data: {
    id: 7,
    "odd key": null,
    list: [
      { kind: "a", n: 1 },
      { kind: "b", n: 2, tags: ["x", "y"] },
      { kind: "b", n: 3 },
    ],
  },
  owner: { id: "u1", mail: "ada@example.com" },
};

test.each([
  "$",
  "$.data.id",
  "$['data']['odd key']",
  "$.data.list[1].n",
  "$.data.list[-1].n",
  "$.data.list[1:].n",
  "$.data.list[::-1].n",
  "$.data.list[*].tags[1]",
  "$.*.id",
  "$..id",
  "$..tags..*",
  "$..['mail', 'n']",
  "$.data.list[?@.kind == 'b' && @.n > 2].n",
  "$.data.list[?@.kind == $.data.list[2].kind].n",
  "$.data.list[?@.tags].n",
  "$.data.list[?!@.tags].n",
  "$.data.list[?count(@.*) == 3].n",
  "$.data.list[?length(@.kind) == 1].n",
  "$.data.list[?@..[?@ == 'y']].n",
  "$.data.list[?match(@.kind, '[b-z]')].n",
  "$.owner[?search(@, '@example[.]com$')]",
  "$.owner[?match(@, 'example')]",
  "$.nothing",
  "$.data.id.deeper",
])("%s is read as the library reads it", (path) => {
  expect(findJsonPathProblem(path)).toBeNull();
  expect(readJsonPath(document, path)).toEqual(query(path, document).values()[0]);
});

test.each(["$.", "data.id", "$[?nope(@)]", "$[?match(@)]", "$..", "$[?@.*== 1]", `$${"[?@".repeat(5_000)}`])(
  "%s is none, and nothing is read by it",
  (path) => {
    expect(findJsonPathProblem(path)).toMatch(/doesn’t parse/);
    expect(readJsonPath(document, path)).toBeUndefined();
  },
);

test.each(["$[?match(@, '(a)\\\\1')]", "$[?search(@, '(?=a)')]", "$[?match(@.kind, @.pattern)]", "$[?match(@, '(')]"])(
  "%s has a pattern that isn't taken, and it is said why",
  (path) => {
    expect(findJsonPathProblem(path)).toMatch(/RE2/);
    expect(readJsonPath(document, path)).toBeUndefined();
  },
);

describe("none holds up the process, whatever it reads", () => {
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`) as unknown;
  const wide = Array.from({ length: 100_000 }, (_, n) => ({ n, s: "a" }));
  const many = Array.from({ length: 400_000 }, () => []);
  test.each<[string, unknown]>([
    ['$[?match(@,"(a+)+b")]', ["a".repeat(40)]],
    ['$[?match(@,"(a+)+b")]', ["a".repeat(1_000_000)]],
    ['$[?search(@,"(.{1,400})(.{1,400})z")]', Array.from({ length: 1_000 }, () => "a".repeat(1_000))],
    ["$..*..*..*..*..*..*", nested(170)],
    ["$..*..*..*..*..*..*.nothing", nested(40)],
    [`$${"['a','a','a','a']".repeat(25)}.nothing`, nested(40)],
    ["$[?$..nothing]", wide],
    ["$[?count($..*) == 1]", wide],
    ["$..[?@..[?@..nothing]]", wide],
    ["$[?@ == $ || @ == $[5]].nothing", wide],
    [`$[?${Array.from({ length: 60 }, () => "1 == 2").join(" || ")}]`, many],
    [`$..[?${Array.from({ length: 60 }, () => "@.a").join(" || ")}]`, many],
    ["$..nothing", nested(100_000)],
    ["$..[?@ == $.a]", nested(5_000)],
  ])("%s", (path, value) => {
    findJsonPathProblem(path);
    // Time of this process, on a cold engine: warm it is below 100 ms. Without a budget these take minutes.
    const before = process.cpuUsage();
    readJsonPath(value, path);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });
});

test("a long document is read to its end", () => {
  const list = Array.from({ length: 20_000 }, (_, n) => ({ id: n, more: { of: [n] } }));
  expect(readJsonPath({ list }, "$..[?@.id == 19999].more.of[0]")).toBe(19_999);
  expect(readJsonPath({ list }, "$.list[?@.id == 19999].more.of[0]")).toBe(19_999);
});

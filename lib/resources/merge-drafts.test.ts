import fc from "fast-check";
import { expect, test } from "vitest";
import { diffDrafts, mergeDrafts } from "./merge-drafts.ts";
import { emptyDraft, ResourceDraft } from "./schema.ts";

type Draft = Record<string, unknown>;
const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
const draft = fc.record({
  a: value,
  b: value,
  nested: fc.record({ c: value, d: value, deeper: fc.record({ e: value, f: value }) }),
}) as fc.Arbitrary<Draft>;
const PATHS = ["a", "b", "nested.c", "nested.d", "nested.deeper.e", "nested.deeper.f"];

const readAt = (from: Draft, path: string): unknown => path.split(".").reduce<unknown>((at, key) => (at as Draft)[key], from);
function writeAt(from: Draft, path: string, next: unknown): Draft {
  const [key = "", ...rest] = path.split(".");
  return { ...from, [key]: rest.length === 0 ? next : writeAt(from[key] as Draft, rest.join("."), next) };
}
const edit = (base: Draft, edits: Record<string, unknown>) =>
  Object.entries(edits).reduce((draft, [path, next]) => writeAt(draft, path, next), base);
const edits = (paths: string[]) => fc.dictionary(fc.constantFrom(...paths), value, { maxKeys: paths.length, noNullPrototype: true });

test("edits of different fields merge, whoever saves first", () => {
  fc.assert(
    fc.property(draft, edits(PATHS.slice(0, 3)), edits(PATHS.slice(3)), (base, mine, yours) => {
      const expected = edit(edit(base, mine), yours);
      const ours = edit(base, mine);
      const theirs = edit(base, yours);
      expect(mergeDrafts(base, ours, theirs)).toEqual({ merged: expected, conflicts: [] });
      expect(mergeDrafts(base, theirs, ours)).toEqual({ merged: expected, conflicts: [] });
    }),
  );
});

test("of what both changed, ours is kept, and theirs is shown with the field", () => {
  fc.assert(
    fc.property(draft, edits(PATHS), edits(PATHS), (base, mine, yours) => {
      const ours = edit(base, mine);
      const theirs = edit(base, yours);
      const { merged, conflicts } = mergeDrafts(base, ours, theirs);
      const same = (x: unknown, y: unknown) => JSON.stringify(x) === JSON.stringify(y);
      for (const path of PATHS) {
        const [b, o, t, m] = [base, ours, theirs, merged].map((from) => readAt(from, path));
        expect(m).toEqual(same(b, o) ? t : o);
        const isConflict = !same(b, o) && !same(b, t) && !same(o, t);
        expect(conflicts.some((conflict) => conflict.path === path)).toBe(isConflict);
      }
      for (const { path, theirs: shown } of conflicts) expect(shown).toEqual(readAt(theirs, path));
    }),
  );
});

test("two variants of one value never make a third", () => {
  const base = emptyDraft();
  const withBody = (body: object) => ResourceDraft.parse({ ...base, test: { ...base.test, request: { ...base.test.request, body } } });
  const { merged, conflicts } = mergeDrafts(
    base,
    withBody({ kind: "json", text: "{}" }),
    withBody({ kind: "form", fields: [{ name: "a", value: "b" }] }),
  );
  expect(merged.test.request.body).toEqual({ kind: "json", text: "{}" });
  expect(conflicts.map(({ path }) => path)).toEqual(["test.request.body"]);

  const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
  const withSecret = (clientSecret: object) => ResourceDraft.parse({ ...base, oauth: { ...base.oauth, clientSecret } });
  const secret = mergeDrafts(
    withSecret({ kind: "sealed", id: id(1) }),
    withSecret({ kind: "sealed", id: id(3) }),
    withSecret({ kind: "input", key: "x" }),
  );
  expect(secret.merged.oauth.clientSecret).toEqual({ kind: "sealed", id: id(3) });
  expect(secret.conflicts.map(({ path }) => path)).toEqual(["oauth.clientSecret"]);
});

test("the kind of authentication and its values are fields of their own", () => {
  const base = emptyDraft();
  const withAuthentication = (given: object) =>
    ResourceDraft.parse({ ...base, request: { ...base.request, authentication: { ...base.request.authentication, ...given } } });
  const { merged, conflicts } = mergeDrafts(base, withAuthentication({ kind: "basic" }), withAuthentication({ token: "t" }));
  expect(merged.request.authentication).toMatchObject({ kind: "basic", token: "t" });
  expect(conflicts).toEqual([]);
});

test("a difference names each changed field once, and nothing when nothing changed", () => {
  fc.assert(
    fc.property(draft, edits(PATHS), (base, changes) => {
      const after = edit(base, changes);
      const changed = PATHS.filter((path) => JSON.stringify(readAt(base, path)) !== JSON.stringify(readAt(after, path)));
      expect(
        diffDrafts(base, after)
          .map(({ path }) => path)
          .sort(),
      ).toEqual(changed.sort());
    }),
  );
});

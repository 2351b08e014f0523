import { expect, test } from "vitest";
import { emptyDraft, type ResourceDraft } from "#lib/resources/schema.ts";
import { currentProblems } from "./current-problems.ts";
import type { DraftReview } from "./setup-types.ts";

const draft = (changes: Partial<ResourceDraft> = {}): ResourceDraft => ({
  ...emptyDraft(),
  level: "user",
  authType: "api_key",
  ...changes,
});
const withUrl = (baseUrl: string, from = draft()): ResourceDraft => ({ ...from, request: { ...from.request, baseUrl } });
const input = (key: string) => ({
  ...{ title: key, subtitle: "", placeholder: "", prefix: "", suffix: "", secret: false },
  key,
  accepts: { kind: "text" as const },
});
const found = (body: ResourceDraft, path: string, message: string): DraftReview => ({
  body,
  problems: [{ path, step: "request-details", label: "API Base URL", message }],
  hosts: {} as DraftReview["hosts"],
  secretNames: ["ACME_KEY"],
  movedSecrets: [],
});

test("a problem goes as soon as its field is changed, not with the next save", () => {
  const body = withUrl("ftp://x");
  const review = found(body, "request.baseUrl", "Start with https://.");
  expect(currentProblems(body, review)).toHaveLength(1);
  expect(currentProblems(withUrl("https://x"), review)).toEqual([]);
});

test("what is missing is told apart from what is wrong", () => {
  const empty = found(draft(), "request.baseUrl", "Enter the address.");
  expect(currentProblems(draft(), empty)[0]).toMatchObject({ isMissing: true });
  const wrong = withUrl("x");
  expect(currentProblems(wrong, found(wrong, "request.baseUrl", "Start with https://."))[0]).toMatchObject({ isMissing: false });
});

test("an unknown input is marked while typing, with the click that adds it, and goes once it is added", () => {
  const body = withUrl("https://{{inputs.region}}.example.com");
  const review = { ...found(draft(), "level", ""), problems: [] };
  expect(currentProblems(body, review)).toMatchObject([{ path: "request.baseUrl", fix: { kind: "add-input", key: "region" } }]);
  expect(currentProblems({ ...body, inputs: [input("region")] }, review)).toEqual([]);
});

test("the server's finding of an unknown input goes once the input is added, though the field is the same", () => {
  const body = withUrl("https://{{inputs.region}}.example.com");
  const review = found(body, "request.baseUrl", "There is no input named region.");
  review.problems[0]!.fix = { kind: "add-input", key: "region" };
  expect(currentProblems({ ...body, inputs: [input("region")] }, review)).toEqual([]);
});

import { expect, test } from "vitest";
import { buildRequest } from "#lib/requests/build-request.ts";
import { ResourceDefinition } from "#lib/resources/schema.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import { templateOf } from "./perform-request-step.ts";
import { pauseBefore } from "./run-step.ts";
import type { RequestStep, StepBody } from "./schema.ts";

const step = (body: StepBody, headers: { name: string; value: string }[] = []): RequestStep => ({
  id: "00000000-0000-4000-8000-000000000000",
  name: "post",
  type: "request",
  resourceId: "r",
  request: { method: "POST", path: "/x", query: [], headers, body },
  attempts: 5,
  continueOnFailure: false,
});

test("every attempt carries the key, unless the step has one of its own", () => {
  expect(templateOf(step({ kind: "none" }), "run:step").headers).toEqual([{ name: "Idempotency-Key", value: "run:step" }]);
  const own = [{ name: "idempotency-key", value: "{{trigger.id}}" }];
  expect(templateOf(step({ kind: "none" }, own), "run:step").headers).toEqual(own);
});

const definition = ResourceDefinition.parse({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  request: { baseUrl: "https://api.example.com", authentication: { kind: "none" } },
});
const built = (body: StepBody, seed: string, scope: TemplateScope) => buildRequest(definition, templateOf(step(body), seed), scope);

test("multipart is written with a boundary that is the same on each attempt, and names can't end it", () => {
  const body: StepBody = {
    kind: "multipart",
    fields: [
      { name: "title", value: "{{trigger.title}}" },
      { name: 'a"\r\nX: 1', value: "b" },
    ],
  };
  const scope = { trigger: { title: "Read" } };
  const first = built(body, "run:step", scope);
  expect(built(body, "run:step", scope)).toEqual(first);
  expect(built(body, "run:other", scope).body).not.toEqual(first.body);
  const type = first.headers.find(([name]) => name === "Content-Type")?.[1];
  const boundary = /^multipart\/form-data; boundary=(.*)$/.exec(type ?? "")![1]!;
  expect(first.body).toBe(
    `--${boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nRead\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="a%22%0D%0AX: 1"\r\n\r\nb\r\n--${boundary}--\r\n`,
  );
});

test("a part's name reads nothing, and no template begins in one part and ends in the next", () => {
  const scope = { secrets: { PARTNER: "canary" }, trigger: {} };
  const named: StepBody = { kind: "multipart", fields: [{ name: "{{secrets.PARTNER}}", value: "x" }] };
  expect(built(named, "run:step", scope).body).toContain('name="{{secrets.PARTNER}}"');
  const split: StepBody = {
    kind: "multipart",
    fields: [
      { name: "a", value: '{{secrets.PARTNER | default: "' },
      { name: " }}", value: "b" },
    ],
  };
  expect(() => built(split, "run:step", scope)).toThrow();
});

test("attempts are further and further apart, with jitter, and never sooner than the API asked", () => {
  expect([2, 3, 4, 5].map((attempt) => pauseBefore(attempt, undefined, 0.5))).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect([pauseBefore(2, undefined, 0), pauseBefore(2, undefined, 1)]).toEqual([500, 1_500]);
  expect(pauseBefore(2, 12_000, 0)).toBe(12_000);
  expect(pauseBefore(2, 12_000, 1)).toBe(13_000);
  expect(pauseBefore(5, 0, 0.5)).toBe(8_000);
});

import { expect, test } from "vitest";
import { redactorOf } from "#lib/activity/redact.ts";
import { redactPayload } from "./redact-delivery.ts";

test("a payload is redacted text by text; where masking takes its form, there is none", () => {
  expect(redactPayload({ a: "x s3cret-4711 y", b: 1 }, redactorOf(["s3cret-4711"]))).toEqual({ a: "x •••••• y", b: 1 });
  expect(redactPayload({ a: "b", c: "d" }, redactorOf(['","c"']))).toBeNull();
  expect(redactPayload({ a: "ab".repeat(40_000) }, redactorOf(["abab"])), "too much was found").toBeNull();
});

import { expect, test } from "vitest";
import { checkAddress, parseAllowList } from "#lib/transport/address-guard.ts";
import { defineServices, exampleVariables } from "./define-services.ts";
import { readSettings } from "./read-settings.ts";

const EMBEDDED = { NODE_ENV: "test" } as const;

test("trial mode lets outgoing calls reach TaskLab's port on localhost, and nothing else", () => {
  const variables = exampleVariables(readSettings({ ...EMBEDDED, EXAMPLE_PORT: "3900" }));
  expect(variables?.PATCHBAY_EXAMPLE_URL).toBe("http://localhost:3900");
  const allow = parseAllowList(variables?.OUTBOUND_ALLOW ?? "");
  const isOpen = (ip: string, port: number) => checkAddress(ip, { host: "localhost", port, protocol: "http:" }, allow).ok;
  expect([isOpen("127.0.0.1", 3900), isOpen("::1", 3900)]).toEqual([true, true]);
  expect([isOpen("127.0.0.1", 3901), isOpen("127.0.0.2", 3900), isOpen("10.0.0.1", 3900)]).toEqual([false, false, false]);
});

test.each([
  ["a database of your own", { DATABASE_URL: "postgres://db/patchbay" }],
  ["PATCHBAY_EXAMPLE=off", { PATCHBAY_EXAMPLE: "off" }],
])("with %s there is no TaskLab, and nothing is allowed for it", (_what, variables) => {
  const settings = readSettings({ ...EMBEDDED, ...variables });
  expect(defineServices(settings, false).map(({ name }) => name)).toEqual(["the dashboard", "the gateway"]);
  expect(exampleVariables(settings)).toBeUndefined();
});

test("TaskLab, which stands for somebody else's API, sees neither keys nor database", () => {
  process.env.PATCHBAY_KEYS = "k1:secret";
  const tasklab = defineServices(readSettings(EMBEDDED), false).find(({ name }) => name === "TaskLab");
  delete process.env.PATCHBAY_KEYS;
  expect(Object.keys(tasklab?.env ?? {}).filter((name) => /^(PATCHBAY_|DATABASE_)/.test(name))).toEqual([]);
  expect(tasklab?.env.EXAMPLE_HOOKS_TO, "and sends webhooks to us alone").toBe("http://localhost:3001,http://localhost:3000");
});

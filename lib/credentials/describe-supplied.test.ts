import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { describeSupplied } from "./describe-supplied.ts";
import { sealSecrets } from "./save-credential.ts";
import type { StoredSecrets } from "./schema.ts";
import { definitionOf } from "./testing.ts";

process.env.DATABASE_URL = "postgres://nowhere.invalid/unused";
process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const scope = { projectId: randomUUID() };

test("what isn't secret is told, in the order of the form; what is, or was when it was supplied, never is", () => {
  const id = randomUUID();
  const secrets = {
    inputs: { tenant: "northgate", pin: "input-canary" },
    keys: { username: "ada", password: "key-canary", removed: "old-canary" },
    plain: ["tenant", "username", "password"],
    accessToken: "token-canary",
    refreshToken: "refresh-canary",
  };
  const definition = definitionOf({
    inputs: [
      { key: "tenant", title: "Tenant" },
      { key: "pin", title: "Pin", secret: true },
    ],
    apiKeys: [
      { name: "username", label: "User name", secret: false },
      { name: "password", secret: true },
    ],
  });
  const told = (stored: StoredSecrets) => describeSupplied(scope, definition, { id, ...sealSecrets(scope, id, stored) });
  expect(told({ ...secrets, plain: undefined }), "nothing is known of what it was").toEqual([]);
  expect(told({ ...secrets, plain: ["tenant"] })).toEqual([{ key: "tenant", label: "Tenant", value: "northgate" }]);
  expect(told(secrets)).toEqual([
    { key: "tenant", label: "Tenant", value: "northgate" },
    { key: "username", label: "User name", value: "ada" },
  ]);
});

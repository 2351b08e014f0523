/** The doors after a change of the vault's keys: what an app supplied before is still known, and nothing is lost. */
import { randomBytes } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { readRenewable } from "#lib/credentials/live-credential.ts";
import { openSecrets } from "#lib/credentials/save-credential.ts";
import { storeRefreshed } from "#lib/credentials/store-refresh.ts";
import { takeUpKeys } from "#lib/vault/check-keys.ts";
import { digestKeyId } from "#lib/vault/digest.ts";
import type { KeyRing } from "#lib/vault/keys.ts";
import { rotateKeys } from "#lib/vault/rotate-keys.ts";
import { listUsedKeys } from "#lib/vault/used-keys.ts";
import { tasklabDraft, testApi } from "../testing.ts";

/** The process's keys, as a restart with another PATCHBAY_KEYS would change them. */
const held = vi.hoisted(() => ({ ring: undefined as unknown }));
vi.mock("#lib/vault/keys.ts", async (original) => ({
  ...(await original<typeof import("#lib/vault/keys.ts")>()),
  keyRing: () => held.ring,
}));
const { parseKeys } = await import("#lib/vault/keys.ts");
const texts = [1, 2].map((n) => `k${n}:${randomBytes(32).toString("base64")}`);
const [old, both, fresh, back] = [texts[0]!, texts.toReversed().join(), texts[1]!, texts.join()].map(parseKeys) as [
  KeyRing,
  KeyRing,
  KeyRing,
  KeyRing,
];
const restart = async (keys: KeyRing) => {
  held.ring = keys;
  await takeUpKeys(sql, keys);
};
const rotate = () =>
  rotateKeys(sql, new AbortController().signal, { info: () => {}, error: (detail) => expect.fail(JSON.stringify(detail)) });

held.ring = old;
const { publish, connect, tasklab, sql, signer, scope, api } = await testApi();
const resourceId = await publish("TaskLab", tasklabDraft.refreshToken(tasklab.url), "web-secret-for-the-demo");

async function mint() {
  const response = await fetch(`${tasklab.url}/mint`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client: "tasklab-web" }),
  });
  const { refresh_token } = (await response.json()) as { refresh_token: string };
  return { tenant: "northgate", refresh_token };
}
const read = async (id: string) =>
  (
    await sql<{ ciphertext: Uint8Array; keyId: string; digest: Uint8Array; generation: number; bare: unknown }[]>`
      select ciphertext, key_id as "keyId", supplied_digest as digest, generation,
        to_jsonb(c) - 'ciphertext' - 'key_id' - 'supplied_digest' as bare from credential c where id = ${id}`
  )[0]!;
const call = async (token: string) =>
  (await api.request(`/projects/${scope.projectId}/sdk/proxy/TaskLab/tasks`, { headers: { authorization: `Bearer ${token}` } })).status;

beforeEach(async () => {
  await restart(back);
  await rotate();
  await restart(old);
});

test("after the old key is gone an app that connects with its original tokens changes nothing, and calls go on", async () => {
  const token = signer.sign({ sub: "daily" });
  const supplied = await mint();
  // The token server rotates: what was supplied is dead, what is stored lives.
  const { id } = (await connect(resourceId, supplied, token)).body;
  const before = await read(id!);
  const secrets = openSecrets(scope, id!, before);
  expect(secrets.refreshToken).not.toBe(supplied.refresh_token);

  await restart(both);
  await rotate();
  expect(await listUsedKeys(sql)).toEqual(["k2"]);
  await restart(fresh);

  const { tokenCalls } = tasklab.log.counters;
  expect((await connect(resourceId, supplied, token)).status).toBe(200);
  expect(tasklab.log.counters.tokenCalls).toBe(tokenCalls);
  const after = await read(id!);
  expect(after.bare).toEqual(before.bare);
  expect(openSecrets(scope, id!, after)).toEqual(secrets);
  expect(digestKeyId(after.digest), "what tells it again is made under the new key").toBe("k2");
  expect((await connect(resourceId, supplied, token)).status).toBe(200);
  expect((await read(id!)).bare).toEqual(before.bare);
  expect(await call(token)).toBe(200);

  // The same refresh token beside a new input is one grant still.
  const moved = await connect(resourceId, { ...supplied, tenant: "corvid" }, token);
  expect(tasklab.log.counters.tokenCalls, moved.body.message).toBe(tokenCalls);
  expect((await read(id!)).generation).toBe(2);
  expect(openSecrets(scope, id!, await read(id!)).refreshToken).toBe(secrets.refreshToken);
});

test("a renewal whose credential is sealed anew before it is stored isn't lost; one that was overtaken by a connect is dropped", async () => {
  const token = signer.sign({ sub: "renewed" });
  const { id } = (await connect(resourceId, await mint(), token)).body;
  const row = (await readRenewable(scope, sql, id!))!;
  const secrets = openSecrets(scope, id!, row);
  await restart(both);
  await rotate();
  expect((await read(id!)).keyId).toBe("k2");
  const cause = { by: "call", sentence: "Test." } as const;
  expect(await storeRefreshed(scope, sql, row, { ...secrets, refreshToken: "rotated" }, cause)).toBe(true);
  expect(openSecrets(scope, id!, await read(id!)).refreshToken).toBe("rotated");
  expect(await storeRefreshed(scope, sql, row, { ...secrets, refreshToken: "late" }, cause)).toBe(false);
  expect(openSecrets(scope, id!, await read(id!)).refreshToken).toBe("rotated");
});

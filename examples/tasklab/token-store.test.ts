import { beforeEach, expect, test, vi } from "vitest";
import { TokenStore } from "./token-store.ts";

const FORTNIGHT = 14 * 24 * 60 * 60;
const reused = vi.fn();
let store: TokenStore;
beforeEach(() => {
  reused.mockReset();
  store = new TokenStore(reused);
});

async function keepFamily(grantId: string) {
  await store.adapterFor("Grant").upsert(grantId, { jti: grantId }, FORTNIGHT);
  await store.adapterFor("AccessToken").upsert(`${grantId}-access`, { grantId }, 300);
  await store.adapterFor("RefreshToken").upsert(`${grantId}-refresh`, { grantId }, FORTNIGHT);
}

test("of two calls that both found a refresh token unused, one consumes it and the other ends the family", async () => {
  await keepFamily("family");
  const tokens = store.adapterFor("RefreshToken");
  const [one, other] = await Promise.all([tokens.find("family-refresh"), tokens.find("family-refresh")]);
  expect([one, other].every((found) => found && !found.consumed)).toBe(true);

  await tokens.consume("family-refresh");
  await expect(tokens.consume("family-refresh")).rejects.toMatchObject({
    error: "invalid_grant",
    error_detail: "refresh token already used",
  });
  expect(reused).toHaveBeenCalledTimes(1);
  for (const [model, id] of [
    ["Grant", "family"],
    ["AccessToken", "family-access"],
    ["RefreshToken", "family-refresh"],
  ] as const) {
    expect(await store.adapterFor(model).find(id), model).toBeUndefined();
  }
});

test("a token that a slower call saves after its family ended is not kept", async () => {
  await keepFamily("family");
  const tokens = store.adapterFor("RefreshToken");
  await tokens.consume("family-refresh");
  await tokens.consume("family-refresh").catch(() => undefined);
  await tokens.upsert("late", { grantId: "family" }, FORTNIGHT);
  expect(await tokens.find("late")).toBeUndefined();
});

test("memory stays bounded, and an active family's grant outlives the idle ones", async () => {
  await keepFamily("active");
  for (let index = 0; index < 20_000; index += 1) {
    await keepFamily(`idle-${index}`);
    if (index % 1_000 === 0) await store.adapterFor("AccessToken").upsert(`active-${index}`, { grantId: "active" }, 300);
  }
  expect(store.size).toBe(50_000);
  expect(await store.adapterFor("Grant").find("active")).toBeDefined();
  expect(await store.adapterFor("Grant").find("idle-0")).toBeUndefined();
});

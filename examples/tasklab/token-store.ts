import type { Adapter, AdapterPayload } from "oidc-provider";
import { errors } from "oidc-provider";

/** Families hold about three records each, so this is room for some 15,000 users. */
const MOST_RECORDS = 50_000;

interface Entry {
  payload: AdapterPayload;
  expiresAt: number;
}

/**
 * oidc-provider's storage, in memory and bounded: past the limit the least recently written records go first.
 *
 * Two promises beyond the library's own adapter, both about racing calls with one refresh token:
 * it is consumed at most once (the loser gets invalid_grant and the family dies), and a token of a dead family is never stored.
 */
export class TokenStore {
  readonly #entries = new Map<string, Entry>();
  readonly #families = new Map<string, Set<string>>();
  readonly #onReuse: () => void;

  constructor(onReuse: () => void) {
    this.#onReuse = onReuse;
  }

  get size(): number {
    return this.#entries.size;
  }

  adapterFor(model: string): Adapter {
    const keyOf = (id: string) => `${model}:${id}`;
    return {
      find: async (id) => this.#live(keyOf(id))?.payload,
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      destroy: async (id) => this.#remove(keyOf(id)),
      consume: async (id) => this.#consume(keyOf(id)),
      upsert: async (id, payload, expiresIn) => this.#write(model, keyOf(id), payload, expiresIn),
      revokeByGrantId: async (grantId) => this.#revokeTokens(grantId),
    };
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry && entry.expiresAt <= Date.now()) {
      this.#remove(key);
      return undefined;
    }
    return entry;
  }

  #write(model: string, key: string, payload: AdapterPayload, expiresIn: number | undefined): void {
    const { grantId } = payload;
    if (grantId && model !== "Grant") {
      const grantKey = `Grant:${grantId}`;
      const grant = this.#live(grantKey);
      if (!grant) return;
      // Moved to the young end, so that eviction takes a family's tokens before its grant.
      this.#entries.delete(grantKey);
      this.#entries.set(grantKey, grant);
      const family = this.#families.get(grantId) ?? new Set();
      this.#families.set(grantId, family.add(key));
    }
    this.#entries.delete(key);
    this.#entries.set(key, { payload, expiresAt: expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY });
    while (this.#entries.size > MOST_RECORDS) this.#remove(this.#entries.keys().next().value!);
  }

  #consume(key: string): void {
    const entry = this.#live(key);
    if (!entry) throw new errors.InvalidGrant("refresh token not found");
    if (!entry.payload.consumed) {
      entry.payload.consumed = Math.floor(Date.now() / 1000);
      return;
    }
    this.#onReuse();
    const { grantId } = entry.payload;
    if (grantId) {
      this.#revokeTokens(grantId);
      this.#remove(`Grant:${grantId}`);
    }
    throw new errors.InvalidGrant("refresh token already used");
  }

  #revokeTokens(grantId: string): void {
    for (const key of this.#families.get(grantId) ?? []) this.#entries.delete(key);
    this.#families.delete(grantId);
  }

  #remove(key: string): void {
    const grantId = this.#entries.get(key)?.payload.grantId;
    this.#entries.delete(key);
    if (!grantId) return;
    const family = this.#families.get(grantId);
    family?.delete(key);
    if (family?.size === 0) this.#families.delete(grantId);
  }
}

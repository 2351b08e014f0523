/** Token buckets: `perSecond` in the long run, `burst` at once. Pure but for the map that holds them. */

export type RateLimit = { perSecond: number; burst: number };
type Bucket = { tokens: number; at: number };

export type Taken = { ok: true } | { ok: false; retryAfterMs: number };

/** How full a bucket is at `now`, in milliseconds of any clock that only goes forward. */
export function refill({ tokens, at }: Bucket, { perSecond, burst }: RateLimit, now: number): number {
  return Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
}

/** One bucket a key. Beyond `most` keys the longest unused is forgotten: it starts full again, and that is all. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, most = 50_000) {
    this.#limit = limit;
    this.#most = most;
  }

  get limit(): RateLimit {
    return this.#limit;
  }

  /** Takes tokens. A refused call takes none, so that trying again too early doesn't make it worse. 0 a second means no limit. */
  take(key: string, now: number, count = 1): Taken {
    const { perSecond, burst } = this.#limit;
    if (perSecond <= 0) return { ok: true };
    const tokens = this.#tokensOf(key, now);
    // What is larger than the bucket takes all that is in a full one.
    const asked = Math.min(count, burst);
    if (tokens < asked) return { ok: false, retryAfterMs: ((asked - tokens) / perSecond) * 1000 };
    this.#put(key, tokens - asked, now);
    return { ok: true };
  }

  /** Takes tokens for what has happened already, also those that aren't there yet. */
  owe(key: string, now: number, count: number): void {
    if (this.#limit.perSecond > 0 && count > 0) this.#put(key, this.#tokensOf(key, now) - count, now);
  }

  #tokensOf(key: string, now: number): number {
    const known = this.#buckets.get(key);
    return known ? refill(known, this.#limit, now) : this.#limit.burst;
  }

  #put(key: string, tokens: number, at: number): void {
    // Taken out and put back: the order of the map is the order of use.
    const isKnown = this.#buckets.delete(key);
    if (!isKnown && this.#buckets.size >= this.#most) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(key, { tokens, at });
  }
}

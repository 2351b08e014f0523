import { describe, expect, test } from "vitest";
import { RateLimiter } from "./rate-limit.ts";

describe("a bucket", () => {
  test("gives its burst at once, then so many a second", () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 3 });
    expect([0, 0, 0].map((now) => limiter.take("a", now).ok)).toEqual([true, true, true]);
    expect(limiter.take("a", 0)).toEqual({ ok: false, retryAfterMs: 100 });
    expect(limiter.take("a", 99).ok).toBe(false);
    expect(limiter.take("a", 100).ok).toBe(true);
    expect(limiter.take("a", 100).ok).toBe(false);
  });

  test("never holds more than its burst", () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 2 });
    limiter.take("a", 0);
    expect([1, 2, 3].map((n) => limiter.take("a", 1e9 + n).ok)).toEqual([true, true, false]);
  });

  test("asked too early gives nothing, and asking takes nothing", () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
    limiter.take("a", 0);
    for (let now = 0; now < 1_000; now += 10) expect(limiter.take("a", now).ok).toBe(false);
    expect(limiter.take("a", 1_000).ok).toBe(true);
  });

  test("is one's own", () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
    expect([limiter.take("a", 0).ok, limiter.take("b", 0).ok, limiter.take("a", 0).ok]).toEqual([true, true, false]);
  });

  test("a clock that goes back fills nothing", () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 1 });
    limiter.take("a", 1_000);
    expect(limiter.take("a", 500).ok).toBe(false);
  });

  test("0 a second is no limit", () => {
    const limiter = new RateLimiter({ perSecond: 0, burst: 0 });
    expect(Array.from({ length: 100 }, () => limiter.take("a", 0).ok)).not.toContain(false);
  });

  test("is forgotten when it is the longest unused of too many", () => {
    const limiter = new RateLimiter({ perSecond: 0.001, burst: 1 }, 2);
    limiter.take("a", 0);
    limiter.take("b", 0);
    limiter.take("a", 1_500_000);
    limiter.take("c", 1_500_000);
    expect([limiter.take("a", 1_500_000).ok, limiter.take("b", 1_500_000).ok]).toEqual([false, true]);
  });
});

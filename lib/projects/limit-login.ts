import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { loginLimit } from "#db/schema/members.ts";
import { AppError } from "#lib/errors.ts";
import { emailKey } from "./schema.ts";

export const LOGIN_WINDOW_MINUTES = 15;
export const FAILURES_PER_ACCOUNT = 10;
export const FAILURES_PER_ADDRESS = 50;

type Subject = { email: string; address: string | null };

/**
 * Counts an attempt before its password is looked at: a hundred at once are counted one by one. Refuses the one past the
 * limit, alike for accounts that exist and that don't. By database time. `crossed`: whether this attempt was the first refused.
 */
export async function reserveLogin(db: Database, subject: Subject): Promise<void> {
  for (const { key, limit } of limits(subject)) {
    const [row] = await db
      .insert(loginLimit)
      .values({ key, failures: 1, windowEndsAt: sql`now() + make_interval(mins => ${LOGIN_WINDOW_MINUTES})` })
      .onConflictDoUpdate({
        target: loginLimit.key,
        set: {
          failures: sql`case when ${loginLimit.windowEndsAt} <= now() then 1 else least(${loginLimit.failures} + 1, 1000000) end`,
          windowEndsAt: sql`case when ${loginLimit.windowEndsAt} <= now() then excluded.window_ends_at else ${loginLimit.windowEndsAt} end`,
        },
      })
      .returning({
        failures: loginLimit.failures,
        secondsLeft: sql<number>`ceil(extract(epoch from ${loginLimit.windowEndsAt} - now()))::int`,
      });
    if (row && row.failures > limit) {
      const minutes = Math.max(1, Math.ceil(row.secondsLeft / 60));
      throw new AppError("rate_limited", `Too many failed sign-ins. Try again in ${minutes === 1 ? "1 minute" : `${minutes} minutes`}.`, {
        retryAfter: row.secondsLeft,
        meta: { firstRefused: row.failures === limit + 1 },
      });
    }
  }
}

/** A right password clears the account and gives the address its attempt back. */
export async function releaseLogin(db: Database, subject: Subject): Promise<void> {
  const [account, address] = limits(subject);
  if (account) await db.delete(loginLimit).where(sql`${loginLimit.key} = ${account.key}`);
  if (address) {
    await db
      .update(loginLimit)
      .set({ failures: sql`greatest(${loginLimit.failures} - 1, 0)` })
      .where(sql`${loginLimit.key} = ${address.key}`);
  }
}

/** Accounts are kept as digests: people type passwords into email fields. */
function limits({ email, address }: Subject): { key: string; limit: number }[] {
  const account = createHash("sha256").update(emailKey(email)).digest("base64url");
  const limits = [{ key: `account:${account}`, limit: FAILURES_PER_ACCOUNT }];
  return address ? [...limits, { key: `address:${networkOf(address)}`, limit: FAILURES_PER_ADDRESS }] : limits;
}

/** IPv6 by its /64: one customer's whole range counts as one address. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail = ""] = plain.toLowerCase().split("::");
  const groups = head.split(":").filter(Boolean);
  const missing = plain.includes("::") ? 8 - groups.length - tail.split(":").filter(Boolean).length : 0;
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...tail.split(":").filter(Boolean)];
  return `${all.slice(0, 4).join(":")}::/64`;
}

import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

const MOST_SUBSCRIPTIONS = 2_000;
const MOST_SENT = 50;
const TRIES = 5;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface Subscription {
  id: string;
  url: string;
  /** Empty: all events. */
  events: string[];
  /** The signing secret, as Standard Webhooks writes it. */
  secret: string;
  tenant: string | null;
  /** Whose it is. */
  user: string;
  sent: Sent[];
}

/** One event on its way to one subscriber. */
export interface Sent {
  id: string;
  type: string;
  tries: number;
  /** Of the last try; null while it got no answer. */
  status: number | null;
}

/** Webhooks out, signed as https://www.standardwebhooks.com says, by its own library. In memory, and tried again a few times. */
export class Webhooks {
  readonly #origins: readonly string[] | undefined;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #ending = new AbortController();

  /** `origins`: where events may be sent to; without, any port of this machine. Whoever can subscribe must not reach what else is there. */
  constructor(origins?: readonly string[]) {
    this.#origins = origins;
  }

  /** A taken-back key gives the same subscription again: whoever repeats a call that got no answer makes no second one. */
  subscribe(wish: Record<string, unknown>, tenant: string | null, user: string, key?: string): Subscription | string {
    const { url, events = [], secret = `whsec_${randomBytes(24).toString("base64")}` } = wish;
    if (typeof url !== "string" || !URL.canParse(url)) return `"url" is the address that events are sent to.`;
    if (!this.#maySendTo(new URL(url))) return `"url" is at an address that TaskLab sends no events to: ${this.#words()}.`;
    if (!Array.isArray(events) || !events.every((one) => typeof one === "string")) return `"events" is a list of event types.`;
    if (typeof secret !== "string" || !/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(secret)) return `"secret" looks like whsec_ and base64.`;
    const id = key ? `wh_${key}` : `wh_${randomUUID()}`;
    const known = this.#subscriptions.get(id);
    if (known && known.user === user) return known;
    const made: Subscription = { id, url, events, secret, tenant, user, sent: [] };
    this.#subscriptions.set(id, made);
    if (this.#subscriptions.size > MOST_SUBSCRIPTIONS) this.#subscriptions.delete(this.#subscriptions.keys().next().value ?? "");
    return made;
  }

  #maySendTo({ protocol, hostname, origin }: URL): boolean {
    if (this.#origins) return this.#origins.includes(origin);
    return /^https?:$/.test(protocol) && LOOPBACK.test(hostname);
  }

  #words(): string {
    return this.#origins ? `it sends to ${this.#origins.join(" and ")} only` : "it sends to this machine only";
  }

  list(tenant: string | null, user: string): Subscription[] {
    return [...this.#subscriptions.values()].filter((one) => one.tenant === tenant && one.user === user);
  }

  find(id: string, tenant: string | null, user: string): Subscription | undefined {
    return this.list(tenant, user).find((one) => one.id === id);
  }

  remove(id: string): void {
    this.#subscriptions.delete(id);
  }

  /** Tells whoever listens to this user's events. Gives how many those are; what is sent goes out after the answer. */
  fire(type: string, data: unknown, tenant: string | null, user: { id: string; email: string }): number {
    const listeners = this.list(tenant, user.id).filter(({ events }) => events.length === 0 || events.includes(type));
    for (const listener of listeners)
      void this.#send(listener, type, JSON.stringify({ type, timestamp: new Date().toISOString(), tenant, user, data }));
    return listeners.length;
  }

  close(): void {
    this.#ending.abort();
  }

  async #send({ id: subscription, url, secret, sent }: Subscription, type: string, body: string): Promise<void> {
    const one: Sent = { id: `msg_${randomUUID()}`, type, tries: 0, status: null };
    sent.unshift(one);
    sent.splice(MOST_SENT);
    const { signal } = this.#ending;
    while (one.tries < TRIES && !signal.aborted && this.#subscriptions.has(subscription)) {
      one.tries += 1;
      const now = new Date();
      const headers = {
        "content-type": "application/json",
        "user-agent": "TaskLab",
        "webhook-id": one.id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign(one.id, now, body),
      };
      try {
        const response = await fetch(url, {
          method: "POST",
          headers,
          body,
          // Where the answer points to was asked of nobody.
          redirect: "manual",
          signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
        });
        one.status = response.status;
        await response.body?.cancel();
        if (response.ok) return;
      } catch {
        one.status = null;
      }
      await sleep(200 * 4 ** one.tries, undefined, { signal }).catch(() => {});
    }
  }
}

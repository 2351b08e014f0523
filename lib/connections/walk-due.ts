import { takeDue } from "#db/queries/live-credentials.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { refreshStored } from "./refresh-credential.ts";
import { verifyStored } from "./verify-credential.ts";

/** Taken at once; those of a worker that dies come up again after PUT_OFF. */
const BATCH = 200;
const PUT_OFF_SECONDS = 90;
/** Token calls of one worker at once; each waits for somebody else's server most of the time. */
const REFRESHES_AT_ONCE = 32;
const CHECKS_AT_ONCE = 48;
/** Checks of one resource a second, at most: they are our idea, not the user's. */
const CHECKS_A_SECOND = 250;

/** Renews what is due, soonest first, until nothing is or `signal` ends it. Walks the index on refresh_at. */
export async function refreshDue(spine: Spine, signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  for (let taken = BATCH; taken === BATCH && !signal.aborted; ) {
    const due = await takeDue(spine.sql, "refresh_at", BATCH, PUT_OFF_SECONDS);
    taken = due.length;
    await eachAtOnce(due, REFRESHES_AT_ONCE, signal, (credential) => refreshStored(spine, credential, "schedule").catch(onError));
  }
}

/** Resources whose API asked to slow down, until when; and what was sent to each in the present second. In this process only. */
const pausedUntil = new Map<string, number>();
const sent = new Map<string, { second: number; n: number }>();

/** Checks what is due by the test requests, not faster than an API may be asked. */
export async function verifyDue(spine: Spine, signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  for (let taken = BATCH; taken === BATCH && !signal.aborted; ) {
    const due = await takeDue(spine.sql, "verify_at", BATCH, PUT_OFF_SECONDS);
    taken = due.length;
    await eachAtOnce(due, CHECKS_AT_ONCE, signal, async (credential) => {
      if (Date.now() < (pausedUntil.get(credential.resourceId) ?? 0)) return;
      const nextTurn = () => waitForTurn(credential.resourceId, signal);
      await nextTurn();
      try {
        const { pauseMs } = await verifyStored(spine, credential, { cause: "schedule" }, nextTurn);
        if (pauseMs) pausedUntil.set(credential.resourceId, Date.now() + pauseMs);
      } catch (error) {
        onError(error);
      }
    });
  }
}

async function waitForTurn(resourceId: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const second = Math.floor(Date.now() / 1000);
    const slot = sent.get(resourceId);
    if (slot?.second !== second) {
      if (sent.size > 10_000) sent.clear();
      sent.set(resourceId, { second, n: 1 });
      return;
    }
    if (slot.n < CHECKS_A_SECOND) {
      slot.n++;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, (second + 1) * 1000 - Date.now() + 1));
  }
}

/** Runs `act` for each, so many at a time. Those not begun when `signal` ends are left: their time comes again. */
async function eachAtOnce<Item>(items: Item[], atOnce: number, signal: AbortSignal, act: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) {
      if (signal.aborted) return;
      await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
}

import { SendFailure } from "./send-failure.ts";

export type Lifetime = { signal: AbortSignal; end: () => void };

/** A call's time in all, bodies included, and its caller's going away. */
export function startLifetime(signal: AbortSignal, totalMs: number): Lifetime {
  const controller = new AbortController();
  const cancel = () => controller.abort(new SendFailure("aborted", "The call was cancelled.", "Make it again if it is still wanted."));
  const timer = setTimeout(() => controller.abort(SendFailure.timeout(totalMs)), totalMs);
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
    },
  };
}

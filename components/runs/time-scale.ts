/** A stretch of time, in ms since 1970. */
export type Span = { from: number; to: number };

export interface TimeScale {
  /** Where a moment lies, from 0 to 1. */
  at: (moment: number) => number;
  /** How much time the scale shows, in ms. */
  shown: number;
  /** Long waits that it leaves out, in ms. */
  leftOut: number;
}

/** Nothing at work for longer than this is left out of the scale: a delay of days would make all else a hair. */
const LONG_WAIT_MS = 30_000;
/** What stays of a long wait, as a share of the rest. */
const STAYS = 0.03;

/** The axis of a run's bars: from its first moment of work to its last, without the long waits between. Pure. */
export function makeTimeScale(work: readonly Span[]): TimeScale {
  const spans = mergeSpans(work);
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last) return { at: () => 0, shown: 0, leftOut: 0 };
  const gaps = spans.slice(1).map(({ from }, index) => ({ from: spans[index]?.to ?? from, to: from }));
  const long = gaps.filter(({ from, to }) => to - from > LONG_WAIT_MS);
  const leftOut = long.reduce((sum, { from, to }) => sum + to - from, 0);
  const shown = last.to - first.from - leftOut;
  const kept = Math.max(1, shown * STAYS);
  const total = Math.max(1, shown) + kept * long.length;
  const at = (moment: number): number => {
    const within = Math.min(Math.max(moment, first.from), last.to);
    let place = within - first.from;
    for (const { from, to } of long) {
      if (within <= from) break;
      const waited = Math.min(within, to) - from;
      place += (waited / (to - from)) * kept - waited;
    }
    return place / total;
  };
  return { at, shown, leftOut };
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}

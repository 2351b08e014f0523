/** Undo and redo of one value. Pure: the clock is the caller's. */
export type History<Value> = {
  past: readonly Value[];
  present: Value;
  future: readonly Value[];
  /** What the newest change was about, and when it was last added to. */
  last: { key: string; at: number } | null;
};

/** Typing in one field counts as one change while its pauses are shorter than this. */
const PAUSE_MS = 1_500;
const MOST = 200;

export const startHistory = <Value>(present: Value): History<Value> => ({ past: [], present, future: [], last: null });

/** `key` names what is changed, such as a step: changes with one key in a row are undone together. Without one each stands alone. */
export function addChange<Value>(history: History<Value>, present: Value, at: number, key: string | null = null): History<Value> {
  if (present === history.present) return history;
  const joins = key !== null && history.last?.key === key && at - history.last.at < PAUSE_MS && history.past.length > 0;
  return {
    past: joins ? history.past : [...history.past, history.present].slice(-MOST),
    present,
    future: [],
    last: key === null ? null : { key, at },
  };
}

export function undo<Value>(history: History<Value>): History<Value> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], last: null };
}

export function redo<Value>(history: History<Value>): History<Value> {
  const [next] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future: history.future.slice(1), last: null };
}

/**
 * Joins two edits of one draft, field by field (pure). A field that only one side changed is taken from that side; one that both
 * changed to different values is a conflict, and keeps ours until the person decides. Lists merge as wholes, and so does a value
 * whose kind one side has changed.
 */
export type DraftConflict = { path: string; base: unknown; ours: unknown; theirs: unknown };
export type MergedDraft<T> = { merged: T; conflicts: DraftConflict[] };

export function mergeDrafts<T extends object>(base: T, ours: T, theirs: T): MergedDraft<T> {
  const conflicts: DraftConflict[] = [];
  const merged = mergeValue("", base, ours, theirs, conflicts) as T;
  return { merged, conflicts };
}

function mergeValue(path: string, base: unknown, ours: unknown, theirs: unknown, conflicts: DraftConflict[]): unknown {
  if (isSame(ours, theirs) || isSame(base, theirs)) return ours;
  if (isSame(base, ours)) return theirs;
  if (isRecord(ours) && isRecord(theirs) && !isOtherVariant(ours, theirs)) {
    const before = isRecord(base) ? base : {};
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return Object.fromEntries(
      [...keys].map((key) => [key, mergeValue(path ? `${path}.${key}` : key, before[key], ours[key], theirs[key], conflicts)]),
    );
  }
  conflicts.push({ path, base, ours, theirs });
  return ours;
}

/** Two variants of a tagged value (a JSON body and a form, a sealed secret and an input): joined, they would make a third. */
const isOtherVariant = (ours: Record<string, unknown>, theirs: Record<string, unknown>): boolean =>
  ours.kind !== theirs.kind &&
  Object.keys(ours).sort().join() !==
    Object.keys({ ...theirs, kind: ours.kind })
      .sort()
      .join();

/** What differs between two drafts or revisions: dotted paths with both values. Lists are compared as wholes. */
export type DraftDifference = { path: string; before: unknown; after: unknown };

export function diffDrafts(before: unknown, after: unknown, path = ""): DraftDifference[] {
  if (isSame(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diffDrafts(before[key], after[key], path ? `${path}.${key}` : key));
  }
  return [{ path, before, after }];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Structural equality of JSON values; absent and undefined are the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

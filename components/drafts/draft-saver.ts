import type { ActionResult } from "#lib/errors.ts";
import { type DraftConflict, diffDrafts, mergeDrafts } from "#lib/resources/merge-drafts.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";

export type SaverState =
  | { kind: "saving" }
  | { kind: "saved"; at: string }
  /** `retryAt` in ms since 1970; null when it is only tried again after a change, since the server refused what was typed. */
  | { kind: "failed"; message: string; retryAt: number | null }
  /** Both sides changed one field: nothing is sent until the person has chosen. */
  | { kind: "conflict" };

export type FoundConflict<Body = ResourceDraft> = { merged: Body; conflicts: DraftConflict[]; by: string | null; at: string };

/** Typed, and on no server yet. `values`: of the test user or the app, by key. */
export type TypedSecrets = { clientSecret?: string; values?: Record<string, string | null> };

/** What a save answers: more than this where the page needs more. */
export type SavedBody<Body> = { kind: "saved"; version: number; savedAt: string; review: { body: Body } };
export type ConflictingBody<Body> = { kind: "conflict"; version: number; theirs: Body; by: string | null; at: string };
export type SentBody<Body> = { version: number; body: Body; secrets: TypedSecrets };

export type DraftSaverOptions<Body extends object, Saved extends SavedBody<Body>> = {
  version: number;
  body: Body;
  savedAt: string;
  /** What is typed now. */
  read: () => Body;
  send: (input: SentBody<Body>) => Promise<ActionResult<Saved | ConflictingBody<Body>>>;
  onState: (state: SaverState) => void;
  onSaved: (answer: Saved, sent: SentBody<Body>) => void;
  /** Somebody else changed other fields: put these values into the form. */
  onMerge: (merged: Body, other: { by: string | null; at: string }) => void;
  onConflict: (conflict: FoundConflict<Body>) => void;
};

const QUIET_MS = 800;
/** With the time that a save itself may take on a busy machine, what a kill takes is less than 2 s old. */
const LATEST_MS = 1_000;
const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];
/** The first are kept: it is a dying server that saves without an answer, not one that is gone. */
const MOST_UNANSWERED = 100;
/** Codes that say "as typed, never": trying the same again can't help. */
const REFUSALS = new Set(["bad_input", "forbidden", "not_found", "conflict", "too_large"]);

/**
 * Keeps a draft saved while it is typed: 800 ms after the last change, at the latest 1 s after the first one. One request is in
 * flight at a time and the next takes what is typed by then. Autosave sends no secrets; `flush` does, for Next, Send Test Request
 * and Finish. What failed is tried again with growing pauses. Knows no React and no clock but the timers; what a draft is, the resource's
 * or a workflow's, is the caller's.
 */
export function createDraftSaver<Body extends object, Saved extends SavedBody<Body>>(options: DraftSaverOptions<Body, Saved>) {
  const { read, send, onState } = options;
  let { version } = options;
  /** What the server holds, as far as we know. */
  let base = options.body;
  /** As it was sent: the server may keep it in another shape (a reference for a secret, no stray keys), which is no change. */
  let sentBody: Body | null = null;
  /** What was sent without an answer: it may be saved all the same. */
  let unanswered: Body[] = [];
  let savedAt = options.savedAt;
  let changedAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inFlight: Promise<boolean> | null = null;
  let failures = 0;
  let inConflict = false;
  let disposed = false;
  let forms = 0;

  const schedule = (delay: number) => {
    clearTimeout(timer);
    if (!disposed) timer = setTimeout(() => void run({}), Math.max(0, delay));
  };

  /** Something was typed. */
  function touch(): void {
    if (inConflict || disposed) return;
    const now = Date.now();
    changedAt ??= now;
    schedule(Math.min(QUIET_MS, changedAt + LATEST_MS - now));
  }

  /** Requests never overlap: whoever comes while one is in flight goes next. */
  async function run(secrets: TypedSecrets): Promise<boolean> {
    while (inFlight) await inFlight;
    if (inConflict || disposed) return false;
    inFlight = attempt(secrets).finally(() => {
      inFlight = null;
    });
    return inFlight;
  }

  async function attempt(secrets: TypedSecrets): Promise<boolean> {
    clearTimeout(timer);
    const body = structuredClone(read());
    changedAt = null;
    if (Object.keys(secrets).length === 0 && isKept(body)) {
      failures = 0;
      onState({ kind: "saved", at: savedAt });
      return true;
    }
    onState({ kind: "saving" });
    const sent = { version, body, secrets };
    const answer = await send(sent).catch(() => null);
    if (disposed) return false;
    if (!answer?.ok) {
      if (unanswered.length < MOST_UNANSWERED) unanswered.push(body);
      return fail(answer?.error);
    }
    failures = 0;
    if (answer.data.kind === "conflict") return settle(answer.data, secrets);
    unanswered = [];
    const saved = answer.data as Saved;
    version = saved.version;
    base = saved.review.body;
    sentBody = body;
    savedAt = saved.savedAt;
    options.onSaved(saved, sent);
    onState({ kind: "saved", at: savedAt });
    if (!isKept(read())) touch();
    return true;
  }

  const isKept = (body: Body): boolean =>
    diffDrafts(base, body).length === 0 || (sentBody !== null && diffDrafts(sentBody, body).length === 0);

  function fail(error: { code: string; message: string } | undefined): false {
    changedAt ??= Date.now();
    const message = error?.message ?? "The server can’t be reached.";
    if (error && REFUSALS.has(error.code)) {
      onState({ kind: "failed", message, retryAt: null });
      return false;
    }
    const seconds = RETRY_SECONDS[Math.min(failures++, RETRY_SECONDS.length - 1)]!;
    onState({ kind: "failed", message, retryAt: Date.now() + seconds * 1_000 });
    schedule(seconds * 1_000);
    return false;
  }

  /** Somebody saved first. Fields that only one side changed are joined at once; the rest is asked. */
  async function settle(answer: ConflictingBody<Body>, secrets: TypedSecrets): Promise<boolean> {
    const own = unanswered.find((body) => isSavedAs(body, answer.theirs));
    unanswered = [];
    const { merged, conflicts } = mergeDrafts(own ?? base, read(), answer.theirs);
    version = answer.version;
    base = answer.theirs;
    sentBody = null;
    if (conflicts.length > 0) {
      inConflict = true;
      onState({ kind: "conflict" });
      options.onConflict({ merged, conflicts, by: answer.by, at: answer.at });
      return false;
    }
    if (!own || diffDrafts(read(), merged).length > 0) options.onMerge(merged, answer);
    return attempt(secrets);
  }

  return {
    touch,
    /** Saves now, with typed secrets. False when it isn't saved: the state says why. */
    flush: (secrets: TypedSecrets = {}): Promise<boolean> => run(secrets),
    /** The conflict was decided, and the form holds the result. */
    resolve: (): Promise<boolean> => {
      inConflict = false;
      return run({});
    },
    version: () => version,
    /**
     * Its form is on the page. Call the answer when it goes: what was typed last is sent, and then the saver ends, unless a form came
     * back meanwhile (React's strict mode mounts twice).
     */
    attach: () => {
      forms++;
      disposed = false;
      return () => {
        forms--;
        void run({}).finally(() => {
          if (forms > 0) return;
          disposed = true;
          clearTimeout(timer);
        });
      };
    },
  };
}

/** Whether this is what we sent ourselves: a typed secret comes back as a reference. */
const isSavedAs = (sent: object, kept: object): boolean => diffDrafts(sent, kept).every(({ path }) => /^oauth\.clientSecret\b/.test(path));

"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { createDraftSaver, type FoundConflict, type SaverState } from "#components/drafts/draft-saver.ts";
import { stalePageMessage } from "#components/ui/stale-page.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { WorkflowDraft } from "#lib/workflows/schema.ts";
import type { SavedWorkflow, WorkflowReview } from "./editor-types.ts";
import { addChange, type History, redo, startHistory, undo } from "./history.ts";

type Options = {
  version: number;
  savedAt: string;
  review: WorkflowReview;
  send: (input: { version: number; body: WorkflowDraft }) => Promise<ActionResult<SavedWorkflow>>;
  onMerge: (by: string | null) => void;
};

/** The draft as it is edited: undo and redo, the saver at work on it, what the server found, and a conflict that waits for a choice. */
export function useWorkflowDraft({ version, savedAt, review: firstReview, send, onMerge }: Options) {
  const [history, setHistory] = useState<History<WorkflowDraft>>(() => startHistory(firstReview.body));
  /** Raised when the draft changes otherwise than by typing in the open panel: then its form reads it anew. */
  const [epoch, setEpoch] = useState(0);
  const [state, setState] = useState<SaverState>({ kind: "saved", at: savedAt });
  const [review, setReview] = useState(firstReview);
  const [conflict, setConflict] = useState<FoundConflict<WorkflowDraft> | null>(null);
  const [{ saver, put, hold }] = useState(() => {
    let present = firstReview.body;
    /** What the saver reads: at once, not with the next render. */
    const hold = (body: WorkflowDraft) => {
      present = body;
    };
    /** Not by the person at hand: undone with the next change, never for itself. */
    const put = (body: WorkflowDraft) => {
      hold(body);
      setHistory((before) => ({ ...before, present: body, last: null }));
      setEpoch((n) => n + 1);
    };
    const saver = createDraftSaver<WorkflowDraft, Extract<SavedWorkflow, { kind: "saved" }>>({
      version,
      savedAt,
      body: firstReview.body,
      read: () => present,
      send: ({ version, body }) =>
        send({ version, body }).catch((error: unknown) => {
          const message = stalePageMessage(error);
          if (!message) throw error;
          return { ok: false, error: { code: "not_found", message, requestId: "" } };
        }),
      onState: setState,
      onSaved: (answer) => setReview(answer.review),
      onMerge: (merged, { by }) => {
        put(merged);
        onMerge(by);
      },
      onConflict: setConflict,
    });
    return { saver, put, hold };
  });

  const move = (next: History<WorkflowDraft>) => {
    if (next.present === history.present) return;
    hold(next.present);
    setHistory(next);
    saver.touch();
  };

  useEffect(() => {
    const detach = saver.attach();
    const leave = () => void saver.flush();
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", leave);
      detach();
    };
  }, [saver]);

  const step = (next: History<WorkflowDraft>) => {
    move(next);
    setEpoch((n) => n + 1);
  };

  return {
    body: history.present,
    epoch,
    state,
    review,
    conflict,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: () => step(undo(history)),
    redo: () => step(redo(history)),
    /** `key`: typing in one place is one change. `typed`: it comes from the open panel, whose form holds it already. */
    change: (body: WorkflowDraft, { key = null, typed = false }: { key?: string | null; typed?: boolean } = {}) => {
      move(addChange(history, body, Date.now(), key));
      if (!typed) setEpoch((n) => n + 1);
    },
    /** What the server holds now, after a restore. */
    replace: (body: WorkflowDraft) => {
      put(body);
    },
    resolve: (body: WorkflowDraft) => {
      setConflict(null);
      put(body);
      return saver.resolve();
    },
    flush: () => saver.flush(),
    version: () => saver.version(),
  };
}

/** Ctrl/Cmd+Z and its way back, but not in fields: there they are the browser's. */
export function useUndoKeys({ undo: onUndo, redo: onRedo }: { undo: () => void; redo: () => void }) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const target = event.target as HTMLElement | null;
    if (target?.closest("input, textarea, select, [contenteditable]") || document.querySelector("[role=dialog]")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) onUndo();
    else if (key === "y" || (key === "z" && event.shiftKey)) onRedo();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

"use client";

import { useEffect, useRef, useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { stalePageMessage } from "#components/shell/stale-page.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { createDraftSaver, type FoundConflict, type SaverState } from "./draft-saver.ts";
import type { DraftReview, KeptSecret, SavedSetup, SaveInput } from "./setup-types.ts";

type Options = {
  form: UseFormReturn<ResourceDraft>;
  version: number;
  savedAt: string;
  review: DraftReview;
  clientSecret: KeptSecret | null;
  send: (input: SaveInput) => Promise<ActionResult<SavedSetup>>;
  onMerge: (by: string | null) => void;
};

/** The saver at work on a form: what it is doing, what the server found, and a conflict that waits for a choice. */
export function useDraftSaver({ form, version, savedAt, review: firstReview, clientSecret, send, onMerge }: Options) {
  const [state, setState] = useState<SaverState>({ kind: "saved", at: savedAt });
  const [review, setReview] = useState(firstReview);
  const [kept, setKept] = useState(clientSecret);
  const [conflict, setConflict] = useState<FoundConflict | null>(null);

  const [saver] = useState(() =>
    createDraftSaver({
      version,
      savedAt,
      body: firstReview.body,
      read: () => form.getValues(),
      send: (input) =>
        send(input).catch((error: unknown) => {
          const message = stalePageMessage(error);
          if (!message) throw error;
          return { ok: false, error: { code: "not_found", message, requestId: "" } };
        }),
      onState: setState,
      onSaved: (answer, sent) => {
        setReview(answer.review);
        setKept(answer.clientSecret);
        if (!sent.secrets.clientSecret) return;
        // The server put a reference to the sealed value where the plain one was typed.
        form.setValue("oauth.clientSecret", answer.review.body.oauth.clientSecret);
      },
      onMerge: (merged, { by }) => {
        form.reset(merged, { keepDirty: true, keepTouched: true });
        onMerge(by);
      },
      onConflict: setConflict,
    }),
  );

  useEffect(() => {
    const detach = saver.attach();
    const unsubscribe = form.subscribe({ formState: { values: true }, callback: () => saver.touch() });
    const leave = () => void saver.flush();
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
    return () => {
      unsubscribe();
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", leave);
      detach();
    };
  }, [saver, form]);

  const resolve = (body: ResourceDraft) => {
    setConflict(null);
    form.reset(body);
    return saver.resolve();
  };

  return { saver, state, review, kept, conflict, resolve };
}

/** Whole seconds until a moment, counted down; undefined without one. */
export function useSecondsUntil(at: number | null): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  useEffect(() => {
    if (at === null) return;
    setNow(Date.now());
    timer.current = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer.current);
  }, [at]);
  return at === null ? undefined : Math.max(1, Math.ceil((at - now) / 1_000));
}

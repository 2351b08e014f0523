"use client";

import { useEffect, useState } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { stalePageMessage } from "#components/ui/stale-page.ts";
import type { ActionResult } from "#lib/errors.ts";
import {
  type ConflictingBody,
  createDraftSaver,
  type DraftSaverOptions,
  type FoundConflict,
  type SavedBody,
  type SaverState,
  type SentBody,
} from "./draft-saver.ts";

type Options<Body extends FieldValues, Saved extends SavedBody<Body>> = {
  form: UseFormReturn<Body>;
  version: number;
  savedAt: string;
  /** What the server holds when the page opens. */
  body: Body;
  send: (input: SentBody<Body>) => Promise<ActionResult<Saved | ConflictingBody<Body>>>;
  onSaved: DraftSaverOptions<Body, Saved>["onSaved"];
  onMerge: (by: string | null) => void;
};

/** The saver at work on a form: what it is doing, and a conflict that waits for a choice. */
export function useFormSaver<Body extends FieldValues, Saved extends SavedBody<Body>>({
  form,
  version,
  savedAt,
  body,
  send,
  onSaved,
  onMerge,
}: Options<Body, Saved>) {
  const [state, setState] = useState<SaverState>({ kind: "saved", at: savedAt });
  const [conflict, setConflict] = useState<FoundConflict<Body> | null>(null);

  const [saver] = useState(() =>
    createDraftSaver<Body, Saved>({
      version,
      savedAt,
      body,
      read: () => form.getValues(),
      send: (input) =>
        send(input).catch((error: unknown) => {
          const message = stalePageMessage(error);
          if (!message) throw error;
          return { ok: false, error: { code: "not_found", message, requestId: "" } };
        }),
      onState: setState,
      onSaved,
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
    // What was typed before this page's code came is in the form already.
    saver.touch();
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

  const resolve = (chosen: Body) => {
    setConflict(null);
    form.reset(chosen);
    return saver.resolve();
  };

  return { saver, state, conflict, resolve };
}

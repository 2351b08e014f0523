"use client";

import { useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { useFormSaver } from "#components/drafts/use-form-saver.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import type { DraftReview, KeptSecret, KeptTestValues, SavedSetup, SaveInput } from "./setup-types.ts";

type Options = {
  form: UseFormReturn<ResourceDraft>;
  version: number;
  savedAt: string;
  review: DraftReview;
  clientSecret: KeptSecret | null;
  send: (input: SaveInput) => Promise<ActionResult<SavedSetup>>;
  onTestValues: (kept: KeptTestValues) => void;
  onMerge: (by: string | null) => void;
};

/** The saver at work on a resource's draft: what the server found in it, and what it kept of its secret. */
export function useDraftSaver({ form, review: firstReview, clientSecret, onTestValues, ...options }: Options) {
  const [review, setReview] = useState(firstReview);
  const [kept, setKept] = useState(clientSecret);
  const saved = useFormSaver<ResourceDraft, Extract<SavedSetup, { kind: "saved" }>>({
    ...options,
    form,
    body: firstReview.body,
    onSaved: (answer, sent) => {
      setReview(answer.review);
      setKept(answer.clientSecret);
      if (answer.testValues) onTestValues(answer.testValues);
      if (!sent.secrets.clientSecret) return;
      // The server put a reference to the sealed value where the plain one was typed.
      form.setValue("oauth.clientSecret", answer.review.body.oauth.clientSecret);
    },
  });
  return { ...saved, review, kept };
}

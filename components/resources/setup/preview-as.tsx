"use client";

import { useEffect, useId, useState } from "react";
import { Input } from "#components/ui/input.tsx";
import type { PreviewAs, PreviewPerson } from "#lib/users/schema.ts";
import { useSetup } from "./setup-context.ts";

const QUIET_MS = 200;

/** Finds a connected user by the beginning of an id, a name or an email; the preview shows the one whose id stands here. */
export function PreviewAsUser({ onChoose }: { onChoose: (person: PreviewPerson | null) => void }) {
  const { actions, projectId, resourceId } = useSetup();
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<Answer | null>(null);
  const listId = useId();
  const noteId = useId();

  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(async () => {
      const result = await actions.previewAs({ projectId, resourceId, text }).catch(() => null);
      if (!isWanted) return;
      const { found, chosen } = result?.ok ? result.data : { found: [], chosen: null };
      const failure = result?.ok ? null : (result?.error.message ?? "The server can’t be reached. Type again to retry.");
      setAnswer({ found, chosen, text, failure });
      onChoose(chosen);
    }, QUIET_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [text, actions, projectId, resourceId, onChoose]);

  return (
    <div className="mb-3">
      <Input
        type="search"
        aria-label="Connected user"
        aria-describedby={noteId}
        spellCheck={false}
        placeholder="Id, name or email"
        list={listId}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id={listId}>
        {answer?.found.map(({ id, label }) => (
          <option key={id} value={id} label={label ? `${label} · ${id}` : id} />
        ))}
      </datalist>
      <p id={noteId} className="mt-1 text-3" aria-live="polite">
        {noteOf(answer)}
      </p>
    </div>
  );
}

type Answer = PreviewAs & { text: string; failure: string | null };

function noteOf(answer: Answer | null): string {
  if (!answer) return "Loading users";
  const { chosen, found, text, failure } = answer;
  if (failure) return failure;
  if (chosen && !chosen.isConnected) return "Not connected to this resource: sample values stand in.";
  if (chosen) return chosen.isProfileStale ? "Secrets stay masked. The User Profile is stale: see their page." : "Secrets stay masked.";
  if (found.length > 0) return "Choose a user. Until then the preview shows sample values.";
  return text ? `No user is found by “${text}”.` : "No user has connected yet.";
}

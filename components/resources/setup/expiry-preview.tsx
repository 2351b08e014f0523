"use client";

import { RefreshCw } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Note } from "#components/ui/note.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { meansExpired } from "#lib/credentials/means-expired.ts";
import type { Outcome } from "#lib/transport/schema.ts";
import { useSetup } from "./setup-context.ts";
import type { StoredAnswer } from "./setup-types.ts";

type Loaded = { answers: StoredAnswer[] } | { problem: string } | null;

/** What the rule as it stands would make of the API's last answers, by the very function that live calls use. */
export function ExpiryPreview() {
  const { actions, projectId, resourceId, draft } = useSetup();
  const [loaded, setLoaded] = useState<Loaded>(null);
  const { readAnswers } = actions;
  const load = useCallback(async () => {
    const answer = await readAnswers({ projectId, resourceId }).catch(() => null);
    setLoaded(answer?.ok ? { answers: answer.data } : { problem: answer?.error.message ?? "The server can’t be reached. Look again." });
  }, [readAnswers, projectId, resourceId]);
  useEffect(() => void load(), [load]);

  return (
    <section className="ui-card mt-4" aria-labelledby="expiry-preview">
      <div className="ui-card-head">
        <h3 id="expiry-preview">What this rule makes of the last answers</h3>
        <div className="ui-card-actions">
          <IconButton size="small" label="Look again" icon={<RefreshCw aria-hidden className="icon-s" />} onClick={() => void load()} />
        </div>
      </div>
      <div className="ui-card-body" role="status">
        {!loaded && <Skeleton className="h-10" />}
        {loaded && "problem" in loaded && <Note tone="danger" title={loaded.problem} />}
        {loaded && "answers" in loaded && <Judged answers={loaded.answers} behaviour={draft.behaviour} />}
      </div>
    </section>
  );
}

const SHOWN = 5;
const encoder = new TextEncoder();
const toOutcome = ({ status, headers, body }: StoredAnswer): Outcome => ({
  kind: "answer",
  status,
  statusText: "",
  headers,
  body: encoder.encode(body),
  durationMs: 0,
  url: "",
});

function Judged({ answers, behaviour }: { answers: StoredAnswer[]; behaviour: Parameters<typeof meansExpired>[0] }) {
  if (answers.length === 0)
    return <p className="text-2">No answer is kept yet. Send a test request in Test and Publish, and it is judged here.</p>;
  const expired = answers.filter((answer) => meansExpired(behaviour, toOutcome(answer)));
  const good = expired.find(({ status }) => status >= 200 && status < 300);
  return (
    <>
      <p>{sayHowMany(expired.length, answers.length)}</p>
      {expired.length > 0 && (
        <ul className="mt-2 grid gap-1">
          {expired.slice(0, SHOWN).map(({ id, status, method, path, at }) => (
            <li key={id} className="flex min-w-0 items-center gap-2">
              <Status tone={status < 300 ? "success" : "warning"}>{status}</Status>
              <code className="min-w-0 truncate" title={path}>
                {method} {path}
              </code>
              <TimeOfDay date={at} className="ml-auto text-12 text-3" />
            </li>
          ))}
        </ul>
      )}
      {expired.length > SHOWN && <p className="mt-1 text-12 text-3">And {expired.length - SHOWN} more.</p>}
      {good && (
        <Note tone="warning" className="mt-3" title={`A ${good.status} is among them.`}>
          Such a call worked, and would still renew the token and be sent a second time. Narrow the rule.
        </Note>
      )}
    </>
  );
}

function sayHowMany(expired: number, all: number): string {
  if (all === 1) return `The last answer would${expired === 1 ? "" : " not"} mean token expired${expired === 1 ? ":" : "."}`;
  const which = expired === 0 ? "none" : expired === 1 ? "this one" : `these ${expired}`;
  return `Of the last ${all} answers, ${which} would mean token expired${expired === 0 ? "." : ":"}`;
}

"use client";

import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { AUTH_TYPE_LABELS } from "#lib/resources/words.ts";
import { fieldLink } from "./field-link.ts";
import { useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";

/** What stands between the draft and Finish, and what Finish will change for those who are connected. */
export function PublishNotes() {
  const { problems, live, draft, may, projectId, resourceId } = useSetup();
  const reconnects = live && draft.authType !== live.body.authType;
  if (problems.length === 0 && !live && may.publish) return null;
  return (
    <section className="section-rule stack" aria-label="Before Finish">
      {problems.length > 0 && (
        <Note tone="warning" title={`${count(problems.length, "thing")} to fix before this can go live.`}>
          <ul className="mt-1 grid gap-0.5">
            {problems.map((problem) => (
              <li key={problem.path}>
                <Link href={fieldLink(projectId, resourceId, problem)}>{problem.label}</Link>: {problem.message}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {!may.publish && (
        <Note title="Finish takes the role of admin.">Your draft is saved. Ask an admin of the project to open it and choose Finish.</Note>
      )}
      {live && (
        <Note tone={reconnects && live.users > 0 ? "warning" : "info"} title={`Finish publishes revision ${live.number + 1}.`}>
          {reconnects && live.users > 0
            ? `${count(live.users, "user")} must reconnect: the authentication type changes from ${AUTH_TYPE_LABELS[live.body.authType]}.`
            : `Until then, calls use revision ${live.number}.`}
        </Note>
      )}
    </section>
  );
}

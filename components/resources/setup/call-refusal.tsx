"use client";

import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { fieldLink } from "./field-link.ts";
import { useSetup } from "./setup-context.ts";

/** Why nothing was sent, with the fields that stand against it. */
export function CallRefusal({ message }: { message: string }) {
  const { problems, projectId, resourceId } = useSetup();
  return (
    <Note tone="danger" role="alert" title={message}>
      {problems.length > 0 && (
        <ul className="mt-1 grid gap-0.5">
          {problems.map((problem) => (
            <li key={problem.path}>
              <Link href={fieldLink(projectId, resourceId, problem)}>{problem.label}</Link>: {problem.message}
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}

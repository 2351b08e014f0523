"use client";

import { ButtonLink } from "#components/ui/button.tsx";
import { NotFoundState } from "#components/ui/error-state.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { resourcesPath, settingsPath } from "#lib/paths.ts";

/** Unknown, deleted, malformed or another project's: all alike, and the sidebar stays. */
export function ResourceNotFound() {
  const { pathname } = useNavigation();
  const [, projectId = "", resourceId = ""] = /^\/projects\/([^/]+)\/resources\/([^/?]+)/.exec(pathname) ?? [];
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <NotFoundState
        title="No such resource in this project"
        actions={
          <>
            <ButtonLink href={resourcesPath(projectId)} size="small">
              All resources
            </ButtonLink>
            <ButtonLink href="/projects" size="small" variant="ghost">
              Switch project
            </ButtonLink>
          </>
        }
      >
        {resourceId && <code className="break-all">{decodeSafely(resourceId).slice(0, 64)}</code>} was deleted, or belongs to another
        project. For 7 days, <a href={settingsPath(projectId, "general")}>Settings</a> can bring a deleted one back.
      </NotFoundState>
    </>
  );
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

"use client";

import type { ReactNode } from "react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";

/** Within a project: its sidebar stays. The digest is what the server's log names the error by; its text stays there. */
export function ErrorInProject({ error, reset, more }: Failed & { more?: ReactNode }) {
  return (
    <ErrorState
      title="This page stopped working"
      requestId={error.digest}
      actions={
        <>
          <Button size="small" onClick={reset}>
            Try again
          </Button>
          {more}
        </>
      }
    >
      The rest of Patchbay still works, and nothing you saved is lost.
    </ErrorState>
  );
}

export function PageError(failed: Failed) {
  return (
    <div className="mx-auto max-w-[560px] px-4 py-16">
      <ErrorInProject
        {...failed}
        more={
          <ButtonLink size="small" variant="ghost" href="/projects">
            All projects
          </ButtonLink>
        }
      />
    </div>
  );
}

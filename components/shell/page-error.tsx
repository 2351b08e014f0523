"use client";

import { Button, ButtonLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

/** The digest is what the server's log names this error by; its text stays there. */
export function PageError({ digest, onRetry }: { digest?: string; onRetry: () => void }) {
  return (
    <div className="mx-auto max-w-[560px] px-4 py-16">
      <ErrorState
        title="This page stopped working"
        requestId={digest}
        actions={
          <>
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
            <ButtonLink size="small" variant="ghost" href="/projects">
              All projects
            </ButtonLink>
          </>
        }
      >
        The rest of Patchbay still works, and nothing you saved is lost.
      </ErrorState>
    </div>
  );
}

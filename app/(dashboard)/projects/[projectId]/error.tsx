"use client";

import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

/** Within a project: its sidebar stays. The digest is what the server's log names this error by. */
export default function ErrorInProject({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <ErrorState
      title="This page stopped working"
      requestId={error.digest}
      actions={
        <Button size="small" onClick={reset}>
          Try again
        </Button>
      }
    >
      The rest of Patchbay still works, and nothing you saved is lost.
    </ErrorState>
  );
}

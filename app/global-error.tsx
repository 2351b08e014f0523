"use client";

import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import "./globals.css";

/** Stands in for the root layout when that itself fails, so it leans on nothing but styles. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>This page stopped working · Patchbay</title>
        <main id="main" className="mx-auto max-w-[560px] px-4 py-16">
          <ErrorState
            title="Patchbay stopped working"
            requestId={error.digest}
            actions={
              <Button size="small" onClick={reset}>
                Try again
              </Button>
            }
          >
            Nothing you saved is lost. If it stays like this, the server’s log has the cause under the request id.
          </ErrorState>
        </main>
      </body>
    </html>
  );
}

"use client";

import { Card } from "./card.tsx";
import { TableFailed } from "./table-states.tsx";

/** What Next hands to an error boundary. The digest is what the server's log names the error by. */
export interface Failed {
  error: Error & { digest?: string };
  reset: () => void;
}

/** In place of a page's content that didn't come, below its head. `still`: what goes on all the same. */
export function LoadFailed({ error, reset, title, still = "Nothing is lost." }: Failed & { title: string; still?: string }) {
  return (
    <Card flush>
      <TableFailed title={title} onRetry={reset}>
        {still} Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
      </TableFailed>
    </Card>
  );
}

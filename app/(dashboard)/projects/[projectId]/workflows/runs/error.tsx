"use client";

import { Card } from "#components/ui/card.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";

export default function RunsFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <PageHead title="Runs" />
      <Card flush>
        <TableFailed title="The runs didn’t load." onRetry={reset}>
          Nothing is lost, and workflows go on. Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
        </TableFailed>
      </Card>
    </>
  );
}

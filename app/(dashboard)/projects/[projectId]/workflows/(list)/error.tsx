"use client";

import { Card } from "#components/ui/card.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";
import { WorkflowsHead } from "#components/workflows/workflows-head.tsx";

export default function WorkflowsFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <WorkflowsHead />
      <Card flush>
        <TableFailed title="The list didn’t load." onRetry={reset}>
          Nothing is lost. Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
        </TableFailed>
      </Card>
    </>
  );
}

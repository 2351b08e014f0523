"use client";

import { OverviewHead } from "#components/overview/overview-head.tsx";
import { Card } from "#components/ui/card.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";

export default function OverviewFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <OverviewHead />
      <Card flush>
        <TableFailed title="The overview didn’t load." onRetry={reset}>
          Calls and refreshes go on. Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
        </TableFailed>
      </Card>
    </>
  );
}

"use client";

import { ActivityHead } from "#components/activity/activity-head.tsx";
import { Card } from "#components/ui/card.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";

export default function ActivityFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <ActivityHead />
      <Card flush>
        <TableFailed title="Activity didn’t load." onRetry={reset}>
          Nothing is lost. Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
        </TableFailed>
      </Card>
    </>
  );
}
